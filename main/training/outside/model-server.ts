import type { UserError } from '../../contract/errors.ts';
import { type InputMapping, type ModelFile, type OutputMapping, outsideCalls } from '../../contract/outside.ts';
import { imageLength, type ImageSize, sizeOf } from '../../domain/images.ts';
import { BlobStore } from '../../files/blobs.ts';
import type { Input } from '../../processes/protocol.ts';
import { serve } from '../../processes/serve.ts';
import { loadTaskDataSet } from '../data/task-data.ts';
import { checkMapping } from './check.ts';
import { outsideError } from './errors.ts';
import {
  imageWriter,
  inputShape,
  type InputValues,
  type MappedPredictions,
  OutputMismatch,
  toSoftmax,
} from './mapping.ts';
import { limitMemory } from './memory.ts';
import { checkModelFile, inspectModelFile, type ModelPlace } from './model-file.ts';
import { ModelSession } from './runtime.ts';
import { classVectors, cosineLogits } from './text.ts';

/** Answers `outsideCalls` in this process, which loads one model. @param memory bytes that this process may use */
export async function serveModel(blobFolder: string, memory: number): Promise<void> {
  await limitMemory(memory);
  const blobs = new BlobStore(blobFolder);
  const model = new LoadedModel();
  serve(outsideCalls, {
    inspect: ({ path }, { emit }) => model.inspect(path, (done, total) => emit({ done, total })),
    predict: async ({ images, ...mapping }, { emit, signal }) => {
      const size = sizeOf(images);
      const pixels = images.from === 'blob' ? blobs.get(images.pixels) : Buffer.from(images.pixels, 'base64');
      const count = pixels.length / imageLength(size);
      if (!Number.isInteger(count)) throw new Error('the number of pixels does not fit the size of the images');
      await told(() => emit({ done: 0, total: count }));
      const { softmax, labels, other } = await model.predict({ ...mapping, size, pixels }, (done) => {
        signal.throwIfAborted();
        emit({ done, total: count });
      });
      const stored = (values: Float32Array | Uint16Array): string =>
        blobs.put(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      return { softmax: stored(softmax), labels: stored(labels), other: other && stored(other) };
    },
    check: async ({ path, input, output, text, images, ...task }, { emit, signal }) => {
      await told(() => emit({ done: 0, total: images }));
      const data = loadTaskDataSet(task, blobs);
      await told(() => emit({ done: 0, total: images }));
      return checkMapping({
        ...{ data, input, output, images },
        predict: (mapping, pixels, onProgress) =>
          model.predict({ path, ...mapping, text, size: sizeOf(data), pixels }, onProgress),
        onProgress: (done, total) => {
          signal.throwIfAborted();
          emit({ done, total });
        },
      });
    },
  });
}

/** Tells and lets the message go out: what follows may hold this process up, and is timed from here by the parent. */
async function told(tell: () => void): Promise<void> {
  tell();
  await nextTurn();
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Images in one call of a model that takes any number. It decides last bits, so nothing measured decides it. */
const batchOf = ({ width, height }: InputMapping): number =>
  Math.max(1, Math.min(32, Math.floor((4 * 128 * 128) / (width * height))));

interface Question {
  path: string;
  input: InputMapping;
  output: OutputMapping;
  text?: TextOfModel | undefined;
  size: ImageSize;
  /** uint8 [count, height, width, channels] */
  pixels: Uint8Array;
}

type TextOfModel = NonNullable<Input<(typeof outsideCalls)['predict']>['text']>;

/** Files that change while this process serves them are refused: those that were hashed are those that run. */
class LoadedModel {
  readonly #states = new Map<string, string>();
  #path = '';
  #session: ModelSession | null = null;
  #vectors: { key: string; ofClasses: Float64Array[] } | null = null;

  async inspect(path: string, onProgress: (done: number, total: number) => void): Promise<ModelFile> {
    this.#unchanged(path);
    const file = await inspectModelFile(path, onProgress);
    this.#unchanged(path);
    return file;
  }

  /** Softmax of all images. @param onProgress gets the number of finished images, first 0 when the model is loaded */
  async predict(
    { path, input, output, text, size, pixels }: Question,
    onProgress: (done: number) => void,
  ): Promise<MappedPredictions> {
    const vectors = text && (await this.#classVectors(text, () => onProgress(0)));
    const session = await this.#open(path);
    onProgress(0);
    const count = pixels.length / imageLength(size);
    const batch = input.batch ?? batchOf(input);
    const shape = inputShape(input, batch);
    const length = shape.reduce((product, side) => product * side, 1);
    const writeImage = imageWriter(input, size);
    const black = new Uint8Array(imageLength(size));
    const classes = output.classes.length;
    const all: MappedPredictions = {
      softmax: new Float32Array(count * classes),
      labels: new Uint16Array(count),
      other: output.classes.flat().length < output.size ? new Float32Array(count) : null,
    };
    for (let first = 0; first < count; first += batch) {
      const present = Math.min(batch, count - first);
      const values = newValues(input.element, length);
      for (let k = 0; k < batch; k++) {
        if (k < present) writeImage(pixels, first + k, values, (k * length) / batch);
        else writeImage(black, 0, values, (k * length) / batch);
      }
      const result = await session.run({ [input.input]: { type: input.element, values, shape } }, output.output);
      const part = mapped(() => {
        if (!vectors) return toSoftmax(result.data, result.dims, output, present);
        const logits = cosineLogits(result.data, result.dims, vectors, text.mapping.scale, present);
        return toSoftmax(logits, [present, vectors.length], output, present);
      }, path);
      all.softmax.set(part.softmax, first * classes);
      all.labels.set(part.labels, first);
      if (part.other) all.other?.set(part.other, first);
      onProgress(first + present);
      // Lets a question be cancelled.
      await nextTurn();
    }
    return all;
  }

  /** Those of the last texts are kept. The text encoder leaves memory once they are known. */
  async #classVectors(text: TextOfModel, onProgress: () => void): Promise<Float64Array[]> {
    const key = JSON.stringify(text);
    if (this.#vectors?.key === key) return this.#vectors.ofClasses;
    const encoder = await this.#load(text.encoder);
    try {
      const ofClasses = await classVectors(encoder, text.tokenizer, text.mapping, onProgress);
      this.#vectors = { key, ofClasses };
      return ofClasses;
    } catch (error) {
      throw error instanceof OutputMismatch ? mismatch(error, text.encoder) : error;
    } finally {
      await encoder.dispose();
    }
  }

  async #open(path: string): Promise<ModelSession> {
    if (this.#session && this.#path === path) {
      this.#unchanged(path);
      return this.#session;
    }
    await this.#session?.dispose();
    this.#session = null;
    this.#session = await this.#load(path);
    this.#path = path;
    return this.#session;
  }

  async #load(path: string): Promise<ModelSession> {
    const session = await ModelSession.open(path, this.#unchanged(path));
    this.#unchanged(path);
    return session;
  }

  /** @throws UserError `outside.changed` if the files are not those of the first question about them */
  #unchanged(path: string): ModelPlace {
    const place = checkModelFile(path);
    const before = this.#states.get(path) ?? place.state;
    this.#states.set(path, before);
    if (before === place.state) return place;
    throw outsideError(
      'changed',
      'The file of the model, or one of its external data, was changed while it was used',
      path,
      'Choose it again once it is written completely.',
    );
  }
}

function newValues(element: InputMapping['element'], length: number): InputValues {
  if (element === 'uint8') return new Uint8Array(length);
  if (element === 'float16') return new Float16Array(length);
  return element === 'float64' ? new Float64Array(length) : new Float32Array(length);
}

function mapped<Result>(map: () => Result, path: string): Result {
  try {
    return map();
  } catch (error) {
    if (error instanceof OutputMismatch) throw mismatch(error, path);
    throw error;
  }
}

const mismatch = ({ kind, message }: OutputMismatch, path: string): UserError =>
  outsideError(
    kind === 'shape' ? 'output-shape' : kind === 'undefined' ? 'undefined-values' : kind,
    message,
    path,
    {
      shape: 'Choose the output that has a number for each class, and its size, in the mapping.',
      undefined: 'Check how images are scaled in the mapping; if that is right, the model itself is broken.',
      'not-probabilities': 'Choose logits in the mapping.',
    }[kind],
  );
