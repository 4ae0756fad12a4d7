import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { ArchitectureKind, ClassifierRecipe } from '../../contract/recipes.ts';
import { randomStream } from '../../domain/random.ts';
import { classifierInfer, fedImages, heldImages, type ImageInput } from '../architectures/classifier-steps.ts';
import type { Classifier } from '../architectures/model.ts';
import type { AugmentationKey } from '../data/augment.ts';
import {
  batchOrder,
  gatherImages,
  gatherLabels,
  indicesOfStep,
  normaliseImages,
  stepsPerEpoch,
} from '../data/batches.ts';
import type { DataSet } from '../data/data-set.ts';
import type { CompiledStep, Engine, Entry, Tfjs } from '../engines/engine.ts';
import { partLengths, partPlans } from './evaluation-chunks.ts';
import { margins } from './evaluation.ts';

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

/** What one training step takes. */
export interface TrainingBatch extends Picked {
  /** int32 [n] */
  labels: Int32Array;
  /** Seed of the step's dropout masks: two numbers in [0, 2^31). */
  dropoutSeed: [number, number];
}

/** What each step of a classifier's training takes: a function of (seed, step), whatever was asked for before. */
export class TrainingBatches {
  readonly stepsPerEpoch: number;
  readonly #recipe: ClassifierRecipe;
  readonly #seed: number;
  readonly #data: DataSet;
  #order: { epoch: number; indices: Uint32Array } | undefined;

  /** @throws UserError `data-set.smaller-than-batch` */
  constructor(recipe: ClassifierRecipe, seed: number, data: DataSet) {
    this.stepsPerEpoch = stepsPerEpoch(data.train.count, recipe.batch);
    this.#recipe = recipe;
    this.#seed = seed;
    this.#data = data;
  }

  /** Of step `step`, counted from 1. */
  at(step: number): TrainingBatch {
    const { train } = this.#data;
    const { batch, augmentation } = this.#recipe;
    const epoch = Math.floor((step - 1) / this.stepsPerEpoch);
    if (this.#order?.epoch !== epoch) {
      this.#order = { epoch, indices: batchOrder(this.#seed, epoch, train.count) };
    }
    const indices = indicesOfStep(this.#order.indices, batch, (step - 1) % this.stepsPerEpoch);
    const labels = gatherLabels(train, indices);
    const random = randomStream(this.#seed, 'dropout', step);
    const dropoutSeed: [number, number] = [random.int(0x7fff_ffff), random.int(0x7fff_ffff)];
    const change = augmentation && { change: { settings: augmentation, seed: this.#seed, epoch } };
    return { indices, ...change, labels, dropoutSeed };
  }
}

/** Inference on so many images. */
export type InferName = `infer${number}`;

/** A data set's test images as one classifier looks at them, by entries of its program. */
export class TestImages {
  /** For each length that parts of a look have. They are recorded together, which costs some 10 ms each. */
  readonly entries: Readonly<Record<InferName, Entry>>;
  readonly #data: DataSet;
  readonly #source: ImageSource;
  readonly #lengths: readonly number[];

  constructor(engine: Engine, classifier: Classifier, kind: ArchitectureKind, data: DataSet) {
    const source = imageSource(engine, data, 'test');
    this.#data = data;
    this.#source = source;
    this.#lengths = partLengths(partPlans[kind], data.test.count);
    this.entries = Object.fromEntries(
      this.#lengths.map((length) => [`infer${length}`, classifierInfer(classifier, length, source)]),
    );
  }

  /** Margins of these images, at most as many as the longest part of a look, by the compiled entries. */
  async margins(run: Readonly<Record<InferName, CompiledStep>>, indices: Uint32Array): Promise<Float32Array> {
    const length = this.#lengths.find((length) => length >= indices.length);
    const infer = length && run[`infer${length}`];
    if (!infer) throw new Error(`no part of a look has ${indices.length} images`);
    // A shorter part is filled up with whatever `give` fills up with.
    const images = this.#source.give([{ indices }], length);
    const { logits } = await infer({ images });
    images.dispose();
    if (!logits) throw new Error('the inference step gave no logits');
    const { test, classes } = this.#data;
    return margins(logits, gatherLabels(test, indices), classes.length);
  }

  dispose(): void {
    this.#source.dispose();
  }
}
