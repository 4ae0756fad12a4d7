import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expectClose, randomNumbers } from '../../conformance/compare.ts';
import { dense, type Numbers } from '../../conformance/reference-ops.ts';
import { type Arena, describeKernels } from './arena.ts';
import { cases } from '../../../thorough.ts';

interface Product {
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
  start: 'zeros' | 'bias' | 'sum';
  /** Floats between the rows of each matrix. */
  gap: number;
}

/** A stored matrix: [rows, columns] or its transpose, with `gap` numbers after each row that nobody may use. */
function stored(values: Numbers, rows: number, columns: number, transpose: boolean, gap: number): Numbers {
  const [high, wide] = transpose ? [columns, rows] : [rows, columns];
  return new Float64Array(high * (wide + gap)).map((_, at) => {
    const [row, column] = [Math.floor(at / (wide + gap)), at % (wide + gap)];
    if (column >= wide) return Number.NaN;
    return values[transpose ? column * columns + row : row * columns + column]!;
  });
}

function check(arena: Arena, { m, n, k, transposeA, transposeB, start, gap }: Product): void {
  // Sums of positive numbers: their error stays small beside them.
  const a = randomNumbers(m * k, 'a', 0.5, 1);
  const b = randomNumbers(k * n, 'b', 0.5, 1);
  const bias = start === 'bias' ? randomNumbers(n, 'bias') : new Float64Array(n);
  const before = randomNumbers(start === 'sum' ? m * n : 0, 'before');
  const { kernels } = arena;
  const [atA, atB] = [stored(a, m, k, transposeA, gap), stored(b, k, n, transposeB, gap)].map((x) => arena.input(x));
  const atBias = start === 'bias' ? arena.input(bias) : 0;
  const c = start === 'sum' ? arena.changing(stored(before, m, n, false, gap)) : arena.result(m * (n + gap));
  const scratch = arena.scratch(kernels.gemmScratch(n));
  const [lda, ldb] = [(transposeA ? m : k) + gap, (transposeB ? k : n) + gap];
  const [result] = arena.run(() =>
    kernels.gemm(transposeA, transposeB, m, n, k, atA!, lda, atB!, ldb, c, n + gap, atBias, start === 'sum', scratch),
  );
  const products = k > 0 ? dense(a, b, bias) : new Float64Array(m * n).map((_, at) => bias[at % n]!);
  const expected = products.map((value, at) => value + (before[at] ?? 0));
  expectClose(
    result!.filter((_, at) => at % (n + gap) < n),
    expected,
  );
  expect(result!.filter((_, at) => at % (n + gap) >= n).every(Number.isNaN)).toBe(true);
}

const product = (m: fc.Arbitrary<number>, n: fc.Arbitrary<number>, k: fc.Arbitrary<number>): fc.Arbitrary<Product> =>
  fc.record({
    m,
    n,
    k,
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    start: fc.constantFrom('zeros', 'bias', 'sum'),
    gap: fc.constantFrom(0, 1, 5),
  });

/** From nothing over a tile of 6 rows and 8 columns to more than two. */
const aFewTiles = fc.integer({ min: 0, max: 19 });
/** Around the 120 rows and the depth of 256 that are done at a time, and the 128 columns that pay for packing rows. */
const aroundBlocks = fc.constantFrom(1, 119, 120, 121, 127, 240, 245, 255, 256, 257, 511, 513);

describeKernels('gemm', (arena) => {
  it('multiplies matrices of a few tiles', () => {
    fc.assert(
      fc.property(product(aFewTiles, aFewTiles, aFewTiles), (of) => check(arena, of)),
      { numRuns: cases(400) },
    );
  });

  it('multiplies matrices of several blocks', () => {
    const small = fc.constantFrom(1, 6, 7, 8, 13);
    const sizes = fc.oneof(
      product(aroundBlocks, small, small),
      product(small, aroundBlocks, small),
      product(small, small, aroundBlocks),
      product(fc.constantFrom(120, 127), small, fc.constantFrom(256, 300)),
      product(fc.constantFrom(5, 127), fc.constantFrom(127, 128, 131), fc.constantFrom(1, 300)),
    );
    fc.assert(
      fc.property(sizes, (of) => check(arena, of)),
      { numRuns: cases(150) },
    );
  });

  it('gives the bias where there is no depth, and leaves sums as they are', () => {
    const of = { m: 7, n: 9, k: 0, transposeA: false, transposeB: true, gap: 0 } as const;
    check(arena, { ...of, start: 'bias' });
    check(arena, { ...of, start: 'sum' });
    check(arena, { ...of, start: 'zeros' });
  });
});
