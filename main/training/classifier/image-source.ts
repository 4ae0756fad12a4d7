import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { fedImages, heldImages, type ImageInput } from '../architectures/image-input.ts';
import type { AugmentationKey } from '../data/augment.ts';
import { gatherImages, normaliseImages } from '../data/batches.ts';
import type { DataSet } from '../data/data-set.ts';
import type { Engine, Tfjs } from '../engines/engine.ts';

/** Images of a part of a data set: their positions, and how they are to be changed at random, if at all. */
export interface Picked {
  indices: Uint32Array;
  change?: AugmentationKey;
}

/** A part of a data set, as steps take images of it. */
export interface ImageSource extends ImageInput {
  /**
   * What a step is given for these images, one after another; the caller's to dispose of. All picks have `length`
   * images; null stands for as many of which it does not matter what they are.
   */
  give(picks: readonly (Picked | null)[], length: number): Tensor;
  dispose(): void;
}

type Part = 'train' | 'test';

/**
 * Bytes of float32 that a part may take in an engine's memory: MNIST's 60,000 training images are 188 MB. Each worker
 * has its own, beside what training takes, so with two workers and both parts it is 2 GiB at most. Larger sets are fed.
 */
const heldBytes = 512 * 2 ** 20;

/**
 * The images of a part: held by the engine where that pays, and fed otherwise. Both give a step the same bits. Images
 * that are `augmented` are new ones in each epoch, so they are fed.
 */
export function imageSource(engine: Engine, data: DataSet, part: Part, augmented = false): ImageSource {
  const bytes = 4 * data[part].count * data.height * data.width;
  const holds = engine.holdsData && !augmented && bytes <= heldBytes;
  return holds ? heldSource(engine, data, part) : fedSource(engine, data, part);
}

function fedSource({ tf }: Engine, data: DataSet, part: Part): ImageSource {
  const { height, width } = data;
  const input = fedImages({ height, width, channels: 1 });
  return {
    ...input,
    give: (picks, length) => {
      const size = length * height * width;
      const images = new Float32Array(picks.length * size);
      picks.forEach((pick, k) => {
        if (pick) gatherImages(data[part], pick.indices, data, pick.change, images.subarray(k * size, (k + 1) * size));
      });
      return tf.tensor4d(images, [picks.length * length, height, width, 1]);
    },
    dispose: () => undefined,
  };
}

function heldSource({ tf }: Engine, data: DataSet, part: Part): ImageSource {
  const { height, width } = data;
  const all = heldVariable(tf, data, part);
  return {
    ...heldImages(tf, all, { height, width, channels: 1 }),
    give: (picks, length) => {
      const positions = new Int32Array(picks.length * length);
      picks.forEach((pick, k) => {
        if (pick) positions.set(pick.indices, k * length);
      });
      return tf.tensor1d(positions, 'int32');
    },
    dispose: () => all.dispose(),
  };
}

/** The data set last held, normalised, [count, h * w] each part. */
let kept: { data: DataSet; parts: Map<Part, Tensor2D> } | undefined;

/**
 * A variable of a part's images, for one program. To normalise MNIST and hand it over takes as long as fifty steps of an
 * MLP, so a process keeps the images of the last data set: its next run is likely to need them again. TensorFlow
 * shares their memory with the variables, on a CPU (on a GPU each is a copy; untested).
 */
function heldVariable(tf: Tfjs, data: DataSet, part: Part): Variable {
  if (kept?.data !== data) {
    tf.dispose([...(kept?.parts.values() ?? [])]);
    kept = { data, parts: new Map() };
  }
  const all = kept.parts.get(part) ?? handOver(tf, data, part);
  kept.parts.set(part, all);
  return tf.tidy(() => tf.variable(ownTensor(tf, all), false));
}

function handOver(tf: Tfjs, data: DataSet, part: Part): Tensor2D {
  const { count, images } = data[part];
  const values = normaliseImages(images, data, alignedFloats(images.length));
  return tf.keep(tf.tensor2d(values, [count, data.height * data.width]));
}

/**
 * Room for many floats that TensorFlow is likely to use as it is: it does so at addresses that 64 divides, and copies from
 * others. Then nothing would tell V8 to free the original soon, as it sees little of a training's memory. Large blocks
 * of the C library on Linux begin 16 bytes after a page does.
 */
function alignedFloats(length: number): Float32Array<ArrayBuffer> {
  const offset = 64 - 16;
  return new Float32Array(new ArrayBuffer(offset + 4 * length), offset, length);
}

/** The same values as another tensor: a program takes away the tensor of a variable that moves in. */
const ownTensor = (tf: Tfjs, all: Tensor2D): Tensor2D => tf.reshape(all, all.shape);
