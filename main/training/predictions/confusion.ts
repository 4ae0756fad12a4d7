import type { SnapshotEvaluation } from '../../contract/results/evaluation.ts';
import { at } from '../../domain/numbers/arrays.ts';

/** How often images of one class were predicted as another. */
export class Confusion {
  readonly #classes: number;
  readonly #counts = new Map<number, number>();

  constructor(classes: number) {
    this.#classes = classes;
  }

  add(actual: ArrayLike<number>, predicted: ArrayLike<number>): this {
    for (let n = 0; n < actual.length; n++) {
      const cell = at(actual, n) * this.#classes + at(predicted, n);
      this.#counts.set(cell, (this.#counts.get(cell) ?? 0) + 1);
    }
    return this;
  }

  /** By actual, then predicted class. */
  get(): Pick<SnapshotEvaluation, 'errors' | 'confusion'> {
    const confusion = [...this.#counts]
      .sort(([a], [b]) => a - b)
      .map(([cell, count]) => ({
        actual: Math.floor(cell / this.#classes),
        predicted: cell % this.#classes,
        count,
      }));
    const wrong = confusion.filter(({ actual, predicted }) => actual !== predicted);
    return { errors: wrong.reduce((sum, { count }) => sum + count, 0), confusion };
  }
}
