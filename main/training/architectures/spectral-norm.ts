import type { Rank, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { Tfjs } from '../engines/engine.ts';
import type { SingularDirections } from './model.ts';
import { normal, type ParameterSet } from './parameters.ts';

const epsilon = 1e-12;

/**
 * Spectral normalization (Miyato et al. 2018): divides a weight by its largest singular value, where the weight is a
 * matrix with its last axis as columns. One power iteration a step refines the singular vectors, of which u is stored
 * with the weights: v = W u / |W u|, u = W^T v / |W^T v|, sigma = v^T W u. The gradient takes u and v as constants.
 */
export class SpectralNorm {
  readonly #tf: Tfjs;
  readonly #set: ParameterSet;
  readonly #vectors = new Map<string, { w: Variable; u: Variable<Rank.R1> }>();

  constructor(tf: Tfjs, set: ParameterSet) {
    this.#tf = tf;
    this.#set = set;
  }

  /** Registers a weight. u starts as random numbers; only its direction matters. */
  add<R extends Rank>(name: string, w: Variable<R>): void {
    const u = this.#set.constant<Rank.R1>(`${name}.u`, [w.shape.at(-1) ?? 1], normal(0, 1));
    this.#vectors.set(name, { w: w as Variable, u });
  }

  /** One power iteration for each weight. */
  iterate(): SingularDirections {
    const tf = this.#tf;
    const directions = new Map<string, Tensor2D>();
    for (const [name, { w, u }] of this.#vectors) {
      const direction = tf.tidy(() => {
        const matrix = this.#matrix(w);
        const [rows, columns] = matrix.shape;
        // Products and sums, which all engines have: a product of matrices is not worth a kernel here.
        const v = this.#unit(tf.reshape(tf.sum(tf.mul(matrix, tf.reshape(u, [1, columns])), 1), [rows, 1]));
        const next = this.#unit(tf.reshape(tf.sum(tf.mul(matrix, v), 0), [1, columns]));
        u.assign(tf.reshape(next, u.shape));
        return tf.mul<Tensor2D>(v, next);
      });
      directions.set(name, direction);
    }
    return directions;
  }

  /** w / sigma. */
  normalized<T extends Tensor>(name: string, w: T, directions: SingularDirections | undefined): T {
    const tf = this.#tf;
    const direction = directions?.get(name);
    if (!direction) throw new Error(`no power iteration for ${name}`);
    return tf.tidy(() => tf.div(w, tf.sum(tf.mul(this.#matrix(w), direction)))) as T;
  }

  #matrix(w: Tensor): Tensor2D {
    const columns = w.shape.at(-1) ?? 1;
    return this.#tf.reshape(w, [w.size / columns, columns]);
  }

  #unit(x: Tensor2D): Tensor2D {
    const tf = this.#tf;
    return tf.div(x, tf.add(tf.sqrt(tf.sum(tf.square(x))), epsilon));
  }
}
