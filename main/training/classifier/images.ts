import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { ArchitectureKind, ClassifierRecipe } from '../../contract/recipes/recipes.ts';
import { imageLength } from '../../domain/data/images.ts';
import { randomStream } from '../../domain/random/random.ts';
import { classifierInfer, fedImages, heldImages, type ImageInput } from '../architectures/classifier-steps.ts';
import type { Classifier } from '../architectures/model.ts';
import type { AugmentationKey } from '../data/augment.ts';
import {
  batchOrder,
  gatherImages,
  gatherLabels,
  normalizeImages,
  stepIndices,
  stepsPerEpoch,
} from '../data/batches.ts';
import type { DataSet } from '../data/data-set.ts';
import type { CompiledStep, Engine, Entry, Tfjs } from '../engines/engine.ts';
import { evaluationSettings } from '../architectures/classifiers.ts';
import { chunkLengths, computeMargins } from './evaluation.ts';
import { drawMix, type Mix } from './mixup.ts';
import { softCount, softOrder, type TaughtDataSet } from './soft-labels.ts';

/** Images of one part of a data set: their positions, and their random augmentation if any. */
interface ImageSelection {
  indices: Uint32Array;
  augmentation?: AugmentationKey;
}

/** Provides steps with images from one part of a data set. */
export interface ImageSource extends ImageInput {
  /**
   * The input of a step for these selections, one after another; the caller disposes of it. Each takes the place of
   * `length` images; null fills that place with arbitrary ones.
   */
  input(selections: readonly (ImageSelection | null)[], length: number): Tensor;
  dispose(): void;
}

type Part = 'train' | 'test';

/**
 * Most bytes of float32 that a part may take in an engine's memory: MNIST's 60,000 training images are 188 MB. Each
 * worker has its own copy besides the memory of training, so two workers with both parts take 2 GiB at most. Larger sets
 * are fed.
 */
const maxHeldBytes = 512 * 2 ** 20;

/** A part's images: held by the engine where that is faster, else (and if augmented) fed with each step. Same bits. */
export function imageSource(engine: Engine, data: DataSet, part: Part, augmented = false): ImageSource {
  const bytes = 4 * data[part].count * imageLength(data);
  const holds = engine.holdsData && !augmented && bytes <= maxHeldBytes;
  return holds ? heldSource(engine, data, part) : fedSource(engine, data, part);
}

function fedSource({ tf }: Engine, data: DataSet, part: Part): ImageSource {
  const { height, width, channels } = data;
  const input = fedImages(data);
  return {
    ...input,
    input: (selections, length) => {
      const size = length * imageLength(data);
      const images = new Float32Array(selections.length * size);
      selections.forEach((selection, k) => {
        const target = images.subarray(k * size, (k + 1) * size);
        if (selection) gatherImages(data[part], selection.indices, data, selection.augmentation, target);
      });
      return tf.tensor4d(images, [selections.length * length, height, width, channels]);
    },
    dispose: () => undefined,
  };
}

function heldSource({ tf }: Engine, data: DataSet, part: Part): ImageSource {
  const all = heldVariable(tf, data, part);
  return {
    ...heldImages(tf, all, data),
    input: (selections, length) => {
      const positions = new Int32Array(selections.length * length);
      selections.forEach((selection, k) => {
        if (selection) positions.set(selection.indices, k * length);
      });
      return tf.tensor1d(positions, 'int32');
    },
    dispose: () => all.dispose(),
  };
}

/** The normalized images of the last data set, [count, h * w * channels] for each part. */
let cached: { data: DataSet; parts: Map<Part, Tensor2D> } | undefined;

/**
 * A variable of a part's images, for one program. Normalizing MNIST and passing it to the engine takes as long as fifty
 * steps of an MLP, so a process caches the last data set: its next run probably needs it again. On a CPU, TensorFlow
 * shares the memory with the variables (on a GPU each is a copy; untested).
 */
function heldVariable(tf: Tfjs, data: DataSet, part: Part): Variable {
  if (cached?.data !== data) {
    tf.dispose([...(cached?.parts.values() ?? [])]);
    cached = { data, parts: new Map() };
  }
  const all = cached.parts.get(part) ?? normalizedTensor(tf, data, part);
  cached.parts.set(part, all);
  // Another tensor of the same values: a program takes over the tensor of a variable that it owns.
  return tf.tidy(() => tf.variable(tf.reshape(all, all.shape), false));
}

function normalizedTensor(tf: Tfjs, data: DataSet, part: Part): Tensor2D {
  const { count, images } = data[part];
  const values = normalizeImages(images, data, alignedFloats(images.length));
  return tf.keep(tf.tensor2d(values, [count, imageLength(data)]));
}

/**
 * Memory for `length` floats at an address that TensorFlow probably uses without a copy: a multiple of 64. After a copy,
 * V8 would free the original late, as it sees little of a training's memory. Large blocks of the C library on Linux
 * start 16 bytes after a page boundary.
 */
function alignedFloats(length: number): Float32Array<ArrayBuffer> {
  const offset = 64 - 16;
  return new Float32Array(new ArrayBuffer(offset + 4 * length), offset, length);
}

/** The inputs of one training step. */
export interface TrainingBatch extends ImageSelection {
  /** int32 [n] */
  labels: Int32Array;
  /** float32 [n, classes]: distributions in place of labels. Absent: there are none. */
  targets?: Float32Array;
  /** Seed of the step's dropout masks: two numbers in [0, 2^31). */
  dropoutSeed: [number, number];
  /** Absent: images are not mixed. */
  mix?: Mix;
}

/** The batches of a classifier's training, each a function of (seed, step) alone. */
export class TrainingBatches {
  readonly stepsPerEpoch: number;
  readonly #recipe: ClassifierRecipe;
  readonly #seed: number;
  readonly #data: TaughtDataSet;
  /** Images of each batch that are of the data set, and how many it has. */
  readonly #own: { batch: number; count: number };
  readonly #soft: ReturnType<typeof softOrder> | null;
  #order: { epoch: number; indices: Uint32Array } | undefined;

  /** @throws UserError `data-set.smaller-than-batch`, `soft-labels.share` */
  constructor(recipe: ClassifierRecipe, seed: number, data: TaughtDataSet) {
    const { soft, train } = data;
    const batch = recipe.batch - (soft && recipe.softLabels ? softCount(recipe.softLabels, recipe.batch) : 0);
    this.#own = { batch, count: soft?.first ?? train.count };
    this.#soft = soft ? softOrder(seed, train.count - soft.first) : null;
    this.stepsPerEpoch =
      batch > 0 ? stepsPerEpoch(this.#own.count, batch) : stepsPerEpoch(train.count - this.#own.count, recipe.batch);
    this.#recipe = recipe;
    this.#seed = seed;
    this.#data = data;
  }

  /** The batch of a step, counted from 1. */
  batch(step: number): TrainingBatch {
    const { batch, augmentation, mixup } = this.#recipe;
    const epoch = Math.floor((step - 1) / this.stepsPerEpoch);
    if (this.#order?.epoch !== epoch) {
      this.#order = { epoch, indices: batchOrder(this.#seed, epoch, this.#own.count) };
    }
    const own = stepIndices(this.#order.indices, this.#own.batch, (step - 1) % this.stepsPerEpoch);
    const { indices, epochs, targets } = this.#withSoft(own, epoch, step);
    const labels = gatherLabels(this.#data.train, indices);
    const random = randomStream(this.#seed, 'dropout', step);
    const dropoutSeed: [number, number] = [random.int(0x7fff_ffff), random.int(0x7fff_ffff)];
    const augmented = augmentation && { augmentation: { settings: augmentation, seed: this.#seed, epoch: epochs } };
    const mix = mixup !== undefined && { mix: drawMix(mixup, batch, randomStream(this.#seed, 'mixup', step)) };
    return { indices, ...augmented, labels, ...targets, dropoutSeed, ...mix };
  }

  /** A step's images of the data set, and after them those with distributions as labels, which count rounds for epochs. */
  #withSoft(own: Uint32Array, epoch: number, step: number) {
    const { soft, train, classes } = this.#data;
    if (!soft || !this.#soft) return { indices: own, epochs: epoch, targets: {} };
    const { batch } = this.#recipe;
    const { images, rounds } = this.#soft(step - 1, batch - own.length);
    const [indices, epochs] = [new Uint32Array(batch), new Uint32Array(batch).fill(epoch)];
    indices.set(own);
    indices.set(
      images.map((image) => soft.first + image),
      own.length,
    );
    epochs.set(rounds, own.length);
    const targets = new Float32Array(batch * classes.length);
    own.forEach((image, k) => (targets[k * classes.length + train.labels[image]!] = 1));
    images.forEach((image, k) => {
      const row = soft.targets.subarray(image * classes.length, (image + 1) * classes.length);
      targets.set(row, (own.length + k) * classes.length);
    });
    return { indices, epochs, targets: { targets } };
  }
}

/** Name of the entry for inference on a number of images. */
export type InferName = `infer${number}`;

export type TestImages = ReturnType<typeof testImages>;

/** Evaluates a data set's test images with one classifier, by entries of its program. */
export function testImages(engine: Engine, classifier: Classifier, kind: ArchitectureKind, data: DataSet) {
  const { test, classes } = data;
  const source = imageSource(engine, data, 'test');
  const lengths = chunkLengths(evaluationSettings(kind).chunks, test.count);
  /** One for each length of chunks. They are recorded together, which takes about 10 ms each. */
  const entries: Readonly<Record<InferName, Entry>> = Object.fromEntries(
    lengths.map((length) => [`infer${length}`, classifierInfer(classifier, length, source)]),
  );
  return {
    entries,
    /** Margins of these images, at most as many as the longest chunk, by the compiled entries. */
    async margins(run: Readonly<Record<InferName, CompiledStep>>, indices: Uint32Array): Promise<Float32Array> {
      const length = lengths.find((length) => length >= indices.length);
      const infer = length && run[`infer${length}`];
      if (!infer) throw new Error(`no evaluation chunk has ${indices.length} images`);
      // The source fills up a shorter chunk with arbitrary images.
      const images = source.input([{ indices }], length);
      const { logits } = await infer({ images });
      images.dispose();
      if (!logits) throw new Error('the inference step gave no logits');
      return computeMargins(logits, gatherLabels(test, indices), classes.length);
    },
    dispose: source.dispose,
  };
}
