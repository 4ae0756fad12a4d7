import { expect, test } from 'vitest';
import { type Initialization, initializationSchema } from '../../../main/contract/recipes/training-parts.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { initialDraws } from '../../../main/training/architectures/initializations.ts';

/** Fan-in 9 x 30 = 270, fan-out 9 x 40 = 360; 10,800 numbers. */
const shape = [3, 3, 30, 40];

function draw(initialisation: object, of = shape): number[] {
  const parsed: Initialization = initializationSchema.parse(initialisation);
  const next = initialDraws(parsed, of)(randomStream(1, 'weights', 'w'), of);
  return Array.from({ length: of.reduce((product, length) => product * length, 1) }, next);
}

const deviation = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

// By torch.nn.init of PyTorch 2.13: a bound, or the deviation of normal numbers.
const uniformOnes = [
  [{ kind: 'kaiming-uniform' }, Math.sqrt(6 / 270)],
  [{ kind: 'kaiming-uniform', mode: 'fan-out', gain: 1 }, Math.sqrt(3 / 360)],
  [{ kind: 'xavier-uniform', gain: 2 }, 2 * Math.sqrt(6 / 630)],
] as const;
const normalOnes = [
  [{ kind: 'kaiming-normal' }, Math.sqrt(2 / 270)],
  [{ kind: 'kaiming-normal', mode: 'fan-out' }, Math.sqrt(2 / 360)],
  [{ kind: 'xavier-normal' }, Math.sqrt(2 / 630)],
] as const;

test.each(uniformOnes)('%j is uniform up to its bound', (initialisation, bound) => {
  const values = draw(initialisation);
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
  expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.999 * bound);
  expect(deviation(values) / (bound / Math.sqrt(3))).toBeCloseTo(1, 1);
  expect(values.filter((value) => Math.abs(value) < bound / 2).length / values.length).toBeCloseTo(0.5, 1);
});

test.each(normalOnes)('%j has its deviation, and the tails of normal numbers', (initialisation, expected) => {
  const values = draw(initialisation);
  expect(deviation(values) / expected).toBeCloseTo(1, 1);
  expect(values.filter((value) => Math.abs(value) < expected).length / values.length).toBeCloseTo(0.683, 1);
  expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(3 * expected);
});

test('a truncated normal ends at its cut', () => {
  const values = draw({ kind: 'truncated-normal', deviation: 0.1, cut: 1 });
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.1);
  // The deviation of N(0, 1) within 1 is 0.5396.
  expect(deviation(values) / 0.05396).toBeCloseTo(1, 1);
});

test.each([[[7, 4]], [[4, 7]], [[2, 2, 3, 5]], [[2, 2, 1, 9]]])('orthogonal %j: a matrix [inputs, outputs]', (of) => {
  const values = draw({ kind: 'orthogonal', gain: 3 }, of);
  const columns = of.at(-1)!;
  const rows = values.length / columns;
  const vectors =
    rows >= columns
      ? Array.from({ length: columns }, (_, k) => values.filter((_value, at) => at % columns === k))
      : Array.from({ length: rows }, (_, k) => values.slice(k * columns, (k + 1) * columns));
  for (const [i, a] of vectors.entries()) {
    for (const [j, b] of vectors.entries()) {
      expect(a.reduce((sum, value, at) => sum + value * b[at]!, 0)).toBeCloseTo(i === j ? 9 : 0, 10);
    }
  }
});
