import type { Initialization } from '../../contract/recipes/training-parts.ts';
import type { RandomStream } from '../../domain/random/random.ts';

/** Draws the values of a parameter of this shape, in row-major order. */
export type Draws = (stream: RandomStream, shape: readonly number[]) => () => number;

export const uniform = (bound: number): Draws => {
  return (stream) => () => (2 * stream.float() - 1) * bound;
};

export const gaussian = (mean: number, deviation: number): Draws => {
  return (stream) => () => mean + deviation * stream.normal();
};

/**
 * Weights of a dense layer [in, out] or a convolution [height, width, in, out] as torch.nn.init defines them; fans are
 * those of PyTorch: an output takes `fanIn` numbers, an input goes into `fanOut`.
 */
export function initialDraws(initialisation: Initialization, shape: readonly number[]): Draws {
  const outputs = shape.at(-1) ?? 1;
  const inputs = shape.at(-2) ?? 1;
  const positions = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  const [fanIn, fanOut] = [positions * inputs, positions * outputs];
  switch (initialisation.kind) {
    case 'kaiming-uniform':
    case 'kaiming-normal': {
      const { kind, mode, gain = Math.SQRT2 } = initialisation;
      const deviation = gain / Math.sqrt(mode === 'fan-in' ? fanIn : fanOut);
      return kind === 'kaiming-uniform' ? uniform(Math.sqrt(3) * deviation) : gaussian(0, deviation);
    }
    case 'xavier-uniform':
    case 'xavier-normal': {
      const { kind, gain = 1 } = initialisation;
      const deviation = gain * Math.sqrt(2 / (fanIn + fanOut));
      return kind === 'xavier-uniform' ? uniform(Math.sqrt(3) * deviation) : gaussian(0, deviation);
    }
    case 'orthogonal':
      return orthogonal(initialisation.gain ?? 1, fanIn, outputs);
    case 'truncated-normal':
      return truncatedNormal(initialisation.deviation, initialisation.cut);
  }
}

/** N(0, deviation), and anew while beyond `cut` deviations. */
function truncatedNormal(deviation: number, cut: number): Draws {
  return (stream) => () => {
    let value = stream.normal();
    while (Math.abs(value) > cut) value = stream.normal();
    return deviation * value;
  };
}

/**
 * The orthogonal factor of a matrix of normal numbers (Saxe et al. 2014), distributed evenly over all (semi-)orthogonal
 * matrices: columns are made orthogonal one after the other, which is the QR decomposition with a positive diagonal of R.
 * [rows, columns] row by row; with fewer rows than columns the rows are orthogonal.
 */
function orthogonal(gain: number, rows: number, columns: number): Draws {
  return (stream) => {
    const [length, count] = [Math.max(rows, columns), Math.min(rows, columns)];
    const vectors = Array.from({ length: count }, () => Float64Array.from({ length }, () => stream.normal()));
    vectors.forEach((vector, k) => {
      const norm = Math.sqrt(dot(vector, vector));
      for (let at = 0; at < length; at++) vector[at]! /= norm;
      for (const other of vectors.slice(k + 1)) {
        const along = dot(vector, other);
        for (let at = 0; at < length; at++) other[at]! -= along * vector[at]!;
      }
    });
    let next = 0;
    return () => {
      const [row, column] = [Math.floor(next / columns), next % columns];
      next++;
      return gain * (rows >= columns ? vectors[column]![row]! : vectors[row]![column]!);
    };
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}
