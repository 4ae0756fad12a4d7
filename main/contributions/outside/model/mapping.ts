import type { InputMapping, OutputMapping } from '../contract/outside.ts';
import { at } from '../../../domain/numbers/index.ts';
import { changeChannels, createResampler, imageLength, type ImageSize } from '../../../domain/data/index.ts';

/** Values of a model's input. */
export type InputValues = Float32Array | Float64Array | Float16Array | Uint8Array;

/** Dimensions of the input for `batch` images. */
export function inputShape({ layout, width, height, channels }: InputMapping, batch: number): number[] {
  const depth = channels === 'gray' ? 1 : 3;
  if (layout === 'nchw') return [batch, depth, height, width];
  if (layout === 'nhwc') return [batch, height, width, depth];
  return [batch, depth * height * width];
}

/** Writes image `index` of uint8 [count, height, width, channels] as the model takes it, at `position` of its input. */
type ImageWriter = (pixels: Uint8Array, index: number, values: InputValues, position: number) => void;

/** @param size of the images that are given */
export function imageWriter(mapping: InputMapping, size: ImageSize): ImageWriter {
  const { width, height, transposed, invert, channels, element } = mapping;
  const depth = channels === 'gray' ? 1 : 3;
  const resize = resizer(size, transposed ? { ...mapping, width: height, height: width } : mapping);
  const columns = transposed ? height : width;
  const table = Array.from({ length: depth }, (_, channel) => channelValues(mapping, channel));
  const isPlanar = mapping.layout === 'nchw' || mapping.layout === 'flat-nchw';
  const length = imageLength(size);
  return (pixels, index, values, position) => {
    const resized = resize(pixels.subarray(index * length, (index + 1) * length));
    const image = changeChannels(resized, size.channels, depth);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const pixel = transposed ? x * columns + y : y * columns + x;
        for (let channel = 0; channel < depth; channel++) {
          const source = channels === 'bgr' ? depth - 1 - channel : channel;
          const byte = image[pixel * depth + source]!;
          const value = table[channel]![invert ? 255 - byte : byte]!;
          const place = isPlanar ? (channel * height + y) * width + x : (y * width + x) * depth + channel;
          values[position + place] = element === 'uint8' ? Math.min(255, Math.max(0, Math.round(value))) : value;
        }
      }
    }
  };
}

/** What each of the 256 values becomes in a channel. */
function channelValues({ range: [low, high], mean, std }: InputMapping, channel: number): Float64Array {
  return Float64Array.from(
    { length: 256 },
    (_, value) => (low + (value / 255) * (high - low) - at(mean, channel)) / at(std, channel),
  );
}

/** Images of one size to another with as many channels, as uint8; halves are rounded up. */
function resizer(
  from: ImageSize,
  { width, height, resize: how, background = 0, align }: InputMapping,
): (image: Uint8Array) => Uint8Array {
  if (from.width === width && from.height === height) return (image) => image;
  const { channels } = from;
  const [wide, high] = [width / from.width, height / from.height];
  const scale = how === 'fill' ? Math.max(wide, high) : Math.min(wide, high);
  const scaled = {
    width: how === 'fit' ? width : Math.max(1, Math.round(from.width * scale)),
    height: how === 'fit' ? height : Math.max(1, Math.round(from.height * scale)),
    channels,
  };
  const part = { width: Math.min(width, scaled.width), height: Math.min(height, scaled.height) };
  const cut = {
    ...part,
    left: Math.floor((scaled.width - part.width) / 2),
    top: Math.floor((scaled.height - part.height) / 2),
  };
  const resample = createResampler(from, scaled, cut);
  const values = new Float32Array(part.width * part.height * channels);
  const space = align === 'start' ? [0, 0] : [width - part.width, height - part.height];
  const [left, top] = [Math.floor(at(space, 0) / 2), Math.floor(at(space, 1) / 2)];
  return (image) => {
    resample(image, 0, values, 0);
    const resized = new Uint8Array(width * height * channels).fill(background);
    for (let y = 0; y < part.height; y++) {
      const start = ((top + y) * width + left) * channels;
      const row = y * part.width * channels;
      for (let k = 0; k < part.width * channels; k++) resized[start + k] = Math.floor(values[row + k]! + 0.5);
    }
    return resized;
  };
}

/** Softmax over the study's classes. `other`: float32 [count], null where every output belongs to a class. */
export interface MappedPredictions {
  /** float32 [count, classes] */
  softmax: Float32Array;
  /** The lowest class with the largest softmax. */
  labels: Uint16Array;
  other: Float32Array | null;
}

/** An output that does not have what its mapping says; a sentence without its full stop. */
export class OutputMismatch extends Error {
  readonly kind: 'shape' | 'undefined' | 'not-probabilities';

  constructor(kind: OutputMismatch['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Probabilities may miss 1 by what float16 loses. */
const sumTolerance = 0.02;

/**
 * Softmax of the first `count` images of an output. Computed in float64, rounded once.
 * @param shape [batch, size], with any dimensions of 1 after it, or [batch, steps, size]
 * @throws OutputMismatch
 */
export function toSoftmax(
  values: ArrayLike<number>,
  shape: readonly number[],
  { values: meaning, size, steps, classes }: OutputMapping,
  count: number,
): MappedPredictions {
  const batch = shape[0] ?? 0;
  const rows = steps === undefined ? 1 : (shape[1] ?? 0);
  const hasSize = shape[steps === undefined ? 1 : 2] === size || (size === 1 && shape.length === 1);
  if (!hasSize || batch < count || batch * rows * size !== values.length || rows < 1) {
    const expected = steps === undefined ? `[${batch || count}, ${size}]` : `[${batch || count}, steps, ${size}]`;
    throw new OutputMismatch('shape', `The output has the shape [${shape.join(', ')}], and ${expected} is expected`);
  }
  const softmax = new Float32Array(count * classes.length);
  const labels = new Uint16Array(count);
  const isPartial = classes.flat().length < size;
  const other = isPartial ? new Float32Array(count) : null;
  const pooled = new Float64Array(size);
  for (let n = 0; n < count; n++) {
    pooled.fill(0);
    for (let row = 0; row < rows; row++) {
      const start = (n * rows + row) * size;
      const { largest, sum } = checked(values, start, size, meaning, n);
      for (let k = 0; k < size; k++) {
        const value = values[start + k]!;
        const probability = meaning === 'logits' ? Math.exp(value - largest) / sum : Math.max(0, value);
        if (steps === 'largest') pooled[k] = Math.max(pooled[k]!, probability);
        else pooled[k] = pooled[k]! + probability / rows;
      }
    }
    const shares = Float64Array.from(classes, (outputs) =>
      outputs.reduce((total, output) => total + pooled[output]!, 0),
    );
    const ofClasses = shares.reduce((total, value) => total + value, 0);
    const all = pooled.reduce((total, value) => total + value, 0);
    const row = shares.map((share) => (ofClasses > 0 ? share / ofClasses : 1 / classes.length));
    softmax.set(row, n * classes.length);
    labels[n] = row.indexOf(row.reduce((best, value) => Math.max(best, value), 0));
    if (other) other[n] = Math.min(1, Math.max(0, 1 - ofClasses / all));
  }
  return { softmax, labels, other };
}

/** The largest of some logits and the sum of their powers; 0 and the sum of probabilities. */
function checked(
  values: ArrayLike<number>,
  start: number,
  size: number,
  meaning: OutputMapping['values'],
  image: number,
): { largest: number; sum: number } {
  let [largest, sum, smallest] = [-Infinity, 0, Infinity];
  for (let k = start; k < start + size; k++) {
    const value = values[k]!;
    if (Number.isNaN(value) || value === Infinity) {
      throw new OutputMismatch('undefined', `The model gives ${value} for image ${image + 1}`);
    }
    largest = Math.max(largest, value);
    smallest = Math.min(smallest, value);
    sum += value;
  }
  if (meaning === 'probabilities') {
    if (smallest > -sumTolerance && Math.abs(sum - 1) <= sumTolerance) return { largest: 0, sum };
    const told = smallest < 0 ? `with ${smallest.toPrecision(3)} among them` : `with the sum ${sum.toPrecision(3)}`;
    throw new OutputMismatch('not-probabilities', `The outputs are no probabilities, ${told} for image ${image + 1}`);
  }
  if (largest === -Infinity) throw new OutputMismatch('undefined', `Every output is -Infinity for image ${image + 1}`);
  sum = 0;
  for (let k = start; k < start + size; k++) sum += Math.exp(values[k]! - largest);
  return { largest, sum };
}
