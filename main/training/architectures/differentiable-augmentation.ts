import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { DifferentiableAugmentation } from '../../contract/recipes/recipes.ts';
import type { RandomStream } from '../../domain/random/random.ts';
import type { InputForm, TensorMap, Tfjs } from '../engines/engine.ts';

/** A number that a change takes: its shape for one image, and how it is drawn for an image of this side length. */
interface Drawn {
  shape: (size: number) => number[];
  draw: (values: Float32Array, size: number, random: RandomStream) => void;
}

interface Change {
  drawn: Record<string, Drawn>;
  /** `given`: the drawn numbers, with a leading axis of images. */
  apply: (tf: Tfjs, images: Tensor4D, given: (name: string) => Tensor4D) => Tensor4D;
}

const scalar = (low: number, high: number): Drawn => ({
  shape: () => [1, 1, 1],
  draw: (values, _, random) => {
    values[0] = low + (high - low) * random.float();
  },
});

/** The images move by an eighth of the side length at most; what enters is 0, the middle of [-1, 1]. */
const mostMoved = (size: number): number => Math.floor(size / 8 + 0.5);

/** One-hot: by how much an image moves, from -mostMoved to mostMoved. */
const shift: Drawn = {
  shape: (size) => [2 * mostMoved(size) + 1, 1, 1],
  draw: (values, size, random) => {
    values[random.int(2 * mostMoved(size) + 1)] = 1;
  },
};

/** Zero on a square of half the side length, whose center lies anywhere in the image, else 1. */
const square: Drawn = {
  shape: (size) => [size, size, 1],
  draw: (values, size, random) => {
    const side = Math.floor(size / 2 + 0.5);
    const [top, left] = [random.int(size + 1 - (side % 2)), random.int(size + 1 - (side % 2))].map(
      (centre) => centre - Math.floor(side / 2),
    ) as [number, number];
    values.fill(1);
    for (let y = Math.max(0, top); y < Math.min(size, top + side); y++) {
      values.fill(0, y * size + Math.max(0, left), y * size + Math.min(size, left + side));
    }
  },
};

/** Moves each image along an axis: 1, down, or 2, to the right. `by` as `shift` draws it. */
function moved(tf: Tfjs, images: Tensor4D, by: Tensor4D, axis: 1 | 2): Tensor4D {
  const most = mostMoved(images.shape[axis]);
  const around = [0, 1, 2, 3].map((each): [number, number] => (each === axis ? [most, most] : [0, 0]));
  const padded = tf.pad(images, around);
  const parts = Array.from({ length: 2 * most + 1 }, (_, k) => {
    const start = [0, 1, 2, 3].map((each) => (each === axis ? 2 * most - k : 0)) as [number, number, number, number];
    return tf.mul<Tensor4D>(tf.slice(padded, start, images.shape), tf.slice(by, [0, k, 0, 0], [-1, 1, 1, 1]));
  });
  return parts.reduce((sum, part) => tf.add(sum, part));
}

/** x with its differences from its mean over the axes multiplied by a factor. */
function scaled(tf: Tfjs, x: Tensor4D, axes: number[], factor: Tensor4D): Tensor4D {
  const mean = tf.mean<Tensor4D>(x, axes, true);
  return tf.add(tf.mul(tf.sub(x, mean), factor), mean);
}

/** The changes of Zhao et al. 2020, with the ranges of their published code and in its order. */
const changes: Record<DifferentiableAugmentation, Change> = {
  color: {
    drawn: { brightness: scalar(-0.5, 0.5), saturation: scalar(0, 2), contrast: scalar(0.5, 1.5) },
    apply: (tf, images, given) => {
      const brighter: Tensor4D = tf.add(images, given('brightness'));
      return scaled(tf, scaled(tf, brighter, [3], given('saturation')), [1, 2, 3], given('contrast'));
    },
  },
  translation: {
    drawn: { rows: shift, columns: shift },
    apply: (tf, images, given) => moved(tf, moved(tf, images, given('rows'), 1), given('columns'), 2),
  },
  cutout: {
    drawn: { kept: square },
    apply: (tf, images, given) => tf.mul(images, given('kept')),
  },
};
const order = Object.keys(changes) as DifferentiableAugmentation[];

/** Random changes of images [n, size, size, channels] that gradients pass through, each image's with its own numbers. */
export class DifferentiableAugmentations {
  readonly #names: readonly DifferentiableAugmentation[];
  readonly #size: number;
  readonly #prefix: string;

  /** `prefix` distinguishes the inputs of several batches in one step. */
  constructor(names: readonly DifferentiableAugmentation[], size: number, prefix: string) {
    this.#names = order.filter((name) => names.includes(name));
    this.#size = size;
    this.#prefix = prefix;
  }

  /** The inputs that a step on `n` images needs. */
  inputs(n: number): Record<string, InputForm> {
    return Object.fromEntries(
      this.#numbers().map(([key, { shape }]) => [key, { shape: [n, ...shape(this.#size)], dtype: 'float32' as const }]),
    );
  }

  /** Numbers for `n` images, by input. */
  draw(n: number, random: RandomStream): Record<string, Float32Array> {
    return Object.fromEntries(
      this.#numbers().map(([key, { shape, draw }]) => {
        const length = shape(this.#size).reduce((product, side) => product * side, 1);
        const values = new Float32Array(n * length);
        for (let k = 0; k < n; k++) draw(values.subarray(k * length, (k + 1) * length), this.#size, random);
        return [key, values];
      }),
    );
  }

  apply(tf: Tfjs, images: Tensor4D, inputs: TensorMap): Tensor4D {
    return this.#names.reduce(
      (x, name) => changes[name].apply(tf, x, (number) => inputs[this.#key(name, number)] as Tensor4D),
      images,
    );
  }

  #numbers(): (readonly [key: string, drawn: Drawn])[] {
    return this.#names.flatMap((name) =>
      Object.entries(changes[name].drawn).map(([number, drawn]) => [this.#key(name, number), drawn] as const),
    );
  }

  #key(name: DifferentiableAugmentation, number: string): string {
    return `${this.#prefix}-${name}-${number}`;
  }
}
