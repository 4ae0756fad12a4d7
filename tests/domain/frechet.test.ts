import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { symmetricEigenvalues } from '../../main/domain/numbers/eigenvalues.ts';
import { frechetDistance } from '../../main/domain/numbers/frechet.ts';
import { randomStream } from '../../main/domain/random/random.ts';
import type { DataSet, LabeledImages } from '../../main/training/data/data-set.ts';
import { frechetFigures, relativeVariety } from '../../main/training/generator/quality.ts';

/** float32 [rows, width], normal, each column with its mean and standard deviation. */
function rowsOf(seed: number, rows: number, columns: readonly (readonly [mean: number, deviation: number])[]) {
  const random = randomStream(seed, 'rows');
  return Float32Array.from({ length: rows * columns.length }, (_, k) => {
    const [mean, deviation] = columns[k % columns.length] ?? [0, 1];
    return mean + deviation * random.normal();
  });
}

/** Mean, and covariance with n - 1, of two columns. */
function momentsOfTwo(rows: Float32Array) {
  const count = rows.length / 2;
  const column = (k: number) => [...rows].filter((_, index) => index % 2 === k);
  const [x, y] = [column(0), column(1)];
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / count;
  const [mx, my] = [mean(x), mean(y)];
  const product = (a: number[], ma: number, b: number[], mb: number) =>
    a.reduce((sum, value, k) => sum + (value - ma) * ((b[k] ?? 0) - mb), 0) / (count - 1);
  return { mx, my, xx: product(x, mx, x, mx), xy: product(x, mx, y, my), yy: product(y, my, y, my) };
}

describe('eigenvalues of a symmetric matrix', () => {
  test('are those of matrices with known ones', () => {
    // The second difference of width n has 2 - 2 cos(k pi / (n + 1)).
    for (const width of [1, 2, 3, 17, 64]) {
      const matrix = Float64Array.from({ length: width * width }, (_, k) => {
        const distance = Math.abs(Math.floor(k / width) - (k % width));
        return distance === 0 ? 2 : distance === 1 ? -1 : 0;
      });
      const values = symmetricEigenvalues(matrix, width);
      values.forEach((value, k) => {
        expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (width + 1)), 12);
      });
    }
    // Hilbert's matrix of width 3, to the published digits.
    const hilbert = Float64Array.from({ length: 9 }, (_, k) => 1 / (Math.floor(k / 3) + (k % 3) + 1));
    expect([...symmetricEigenvalues(hilbert, 3)].map((value) => value.toPrecision(8))).toEqual([
      '0.0026873404',
      '0.12232707',
      '1.4083189',
    ]);
    expect([...symmetricEigenvalues(new Float64Array(9), 3)]).toEqual([0, 0, 0]);
  });

  it('have the trace as their sum and the squared norm as their sum of squares, also of singular matrices', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), fc.nat(), (width, rank, seed) => {
        const random = randomStream(seed, 'matrix');
        const parts = Array.from({ length: rank }, () => Array.from({ length: width }, () => random.normal()));
        const matrix = Float64Array.from({ length: width * width }, (_, k) =>
          parts.reduce((sum, part) => sum + (part[Math.floor(k / width)] ?? 0) * (part[k % width] ?? 0), 0),
        );
        const values = symmetricEigenvalues(matrix, width);
        const trace = matrix.reduce((sum, value, k) => sum + (k % (width + 1) === 0 ? value : 0), 0);
        const squares = matrix.reduce((sum, value) => sum + value ** 2, 0);
        const largest = values.at(-1) ?? 0;
        expect(Math.abs(values.reduce((sum, value) => sum + value, 0) - trace)).toBeLessThan(1e-12 * width * largest);
        expect(Math.abs(values.reduce((sum, value) => sum + value ** 2, 0) - squares)).toBeLessThan(
          1e-11 * width * squares,
        );
        values.slice(0, Math.max(0, width - rank)).forEach((value) => {
          expect(Math.abs(value)).toBeLessThan(1e-12 * largest);
        });
      }),
    );
  });
});

describe('Frechet distance', () => {
  it('is that of Dowson & Landau for two columns, in closed form', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (one, other) => {
        const a = rowsOf(one, 9, [
          [0, 1],
          [2, 3],
        ]);
        const b = rowsOf(other, 12, [
          [1, 2],
          [0, 0.5],
        ]);
        const [p, q] = [momentsOfTwo(a), momentsOfTwo(b)];
        // tr (C1 C2)^(1/2) = sqrt(tr C1 C2 + 2 sqrt(det C1 C2)) for two columns.
        const trace = p.xx * q.xx + 2 * p.xy * q.xy + p.yy * q.yy;
        const determinant = (p.xx * p.yy - p.xy ** 2) * (q.xx * q.yy - q.xy ** 2);
        const root = Math.sqrt(trace + 2 * Math.sqrt(determinant));
        const expected = (p.mx - q.mx) ** 2 + (p.my - q.my) ** 2 + p.xx + p.yy + q.xx + q.yy - 2 * root;
        expect(frechetDistance(a, b, 2)).toBeCloseTo(expected, 4);
      }),
    );
  });

  it('is symmetric, 0 for the same rows in another order, and a shift adds its squared length', () => {
    const columns = [
      [0, 1],
      [1, 2],
      [5, 0],
      [0, 4],
    ] as const;
    const [a, b] = [rowsOf(1, 40, columns), rowsOf(2, 50, columns)];
    expect(frechetDistance(a, b, 4)).toBeCloseTo(frechetDistance(b, a, 4), 9);
    const turned = Float32Array.from(
      Array.from({ length: 40 }, (_, row) => [...a.subarray(4 * (39 - row), 4 * (40 - row))]).flat(),
    );
    expect(frechetDistance(a, turned, 4)).toBeLessThan(1e-5);
    const shifted = a.map((value, k) => value + (k % 4 === 0 ? 3 : 0));
    expect(frechetDistance(a, shifted, 4)).toBeCloseTo(9, 4);
  });

  it('of independent columns approaches the difference of their deviations', () => {
    const a = rowsOf(
      3,
      4000,
      Array.from({ length: 20 }, () => [0, 1] as const),
    );
    const b = rowsOf(
      4,
      4000,
      Array.from({ length: 20 }, () => [0, 2] as const),
    );
    expect(frechetDistance(a, b, 20) / 20).toBeCloseTo(1, 1);
  });

  it('refuses less than two complete rows', () => {
    expect(() => frechetDistance(new Float32Array(3), new Float32Array(6), 3)).toThrow(RangeError);
    expect(() => frechetDistance(new Float32Array(7), new Float32Array(6), 3)).toThrow(RangeError);
  });
});

describe('figures of a generator', () => {
  const size = { width: 1, height: 1, channels: 1 as const };
  const part = (values: readonly number[], labels: readonly number[]): LabeledImages => ({
    count: values.length,
    images: Uint8Array.from(values),
    labels: Uint8Array.from(labels),
  });
  const dataOf = (train: LabeledImages, test: LabeledImages): DataSet => ({
    ...size,
    name: 'dots',
    classes: ['black', 'white'],
    mean: [0.5],
    std: [0.5],
    hash: '',
    train,
    test,
  });
  const black = (count: number) => part(new Array<number>(count).fill(0), new Array<number>(count).fill(0));
  /** `width` numbers an image. */
  const judge = (width: number, value: number) => ({
    features: (pixels: Uint8Array) =>
      Promise.resolve(Float32Array.from({ length: pixels.length * width }, (_, k) => value + (k % 7))),
  });
  const pause = () => Promise.resolve();

  test('have no distance of a single image, of very many features, or of features that are no numbers', async () => {
    const generated = new Uint8Array(3);
    const figures = (test: number, width: number, value = 0) =>
      frechetFigures(judge(width, value), generated, dataOf(black(3), black(test)), pause);
    expect(await figures(1, 2)).toBeNull();
    expect(await figures(3, 4096)).toBeNull();
    expect(await figures(3, 2, Number.NaN)).toBeNull();
    expect(await figures(3, 2)).toMatchObject({ images: 3, samples: 0, heldOut: 0 });
  });

  test('compare variety with all classes, also where images are stored class by class', () => {
    const half = Array.from({ length: 3000 }, (_, k) => (k < 1500 ? 0 : 1));
    const ofLabels = (labels: number[]) =>
      part(
        labels.map((label) => 255 * label),
        labels,
      );
    const [grouped, mixed] = [ofLabels(half), ofLabels(half.map((_, k) => k % 2))];
    const samples = Uint8Array.of(0, 255, 0, 255);
    expect(relativeVariety(samples, size, dataOf(grouped, grouped))).toBe(1);
    expect(relativeVariety(samples, size, dataOf(mixed, mixed))).toBe(1);
  });
});
