/**
 * Sums of numbers from 0 to 1 that come out the same in every order, so that a model can be added to (or taken from) a
 * mean of softmax without summing the others again, to the same last bit.
 *
 * Each number is split into a multiple of 2^-42 and a rest, itself rounded to a multiple of 2^-85 (3e-26). Multiples of
 * one power of two are added without rounding as long as the sum needs no more than 53 bits: up to 1024 numbers here.
 */
export class ExactSums {
  readonly #high: Float64Array;
  readonly #low: Float64Array;

  constructor(length: number) {
    this.#high = new Float64Array(length);
    this.#low = new Float64Array(length);
  }

  get length(): number {
    return this.#high.length;
  }

  /** Adds one number to each sum; `sign` -1 takes it away again. */
  add(values: ArrayLike<number>, sign: 1 | -1 = 1): void {
    const [high, low] = [this.#high, this.#low];
    for (let at = 0; at < high.length; at++) {
      const value = values[at]!;
      const upper = value + coarse - coarse;
      high[at]! += sign * upper;
      low[at]! += sign * (value - upper + fine - fine);
    }
  }

  at(index: number): number {
    return this.#high[index]! + this.#low[index]!;
  }

  copy(): ExactSums {
    const other = new ExactSums(this.length);
    other.#high.set(this.#high);
    other.#low.set(this.#low);
    return other;
  }
}

/** Adding and taking away 1.5 * 2^(52 - b) rounds to a multiple of 2^-b: b = 42 and 85. */
const coarse = 1.5 * 2 ** 10;
const fine = 1.5 * 2 ** -33;
