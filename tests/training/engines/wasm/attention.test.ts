import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expectClose, numericGradient, randomNumbers } from '../../conformance/compare.ts';
import * as reference from '../../conformance/reference-ops.ts';
import { type Arena, describeKernels } from './arena.ts';
import { expectSlopes } from './slopes.ts';

type Numbers = reference.Numbers;

interface Size {
  n: number;
  tokens: number;
  heads: number;
  d: number;
}

function forward(arena: Arena, qkv: Numbers, { n, tokens, heads, d }: Size): { out: Numbers; weights: Numbers } {
  const { kernels } = arena;
  const from = arena.input(qkv);
  const out = arena.result(n * tokens * heads * d);
  const weights = arena.result(n * heads * tokens * kernels.paddedTokens(tokens));
  const scratch = arena.scratch(kernels.attentionScratch(tokens, d));
  const results = arena.run(() => kernels.attention(out, weights, from, n, tokens, heads, d, scratch));
  return { out: results[0]!, weights: results[1]! };
}

function back(arena: Arena, dOut: Numbers, qkv: Numbers, weights: Numbers, { n, tokens, heads, d }: Size): Numbers {
  const { kernels } = arena;
  const [atOut, atQkv, atWeights] = [dOut, qkv, weights].map((values) => arena.input(values));
  const dQkv = arena.result(qkv.length);
  const scratch = arena.scratch(kernels.attentionScratch(tokens, d));
  return arena.run(() => kernels.attentionBack(dQkv, atOut!, atQkv!, atWeights!, n, tokens, heads, d, scratch))[0]!;
}

const reference64 = (qkv: Numbers, { n, tokens, heads, d }: Size): Numbers =>
  reference.attention(qkv, n, tokens, heads, d);

/** The softmax that is kept: rows of positive numbers that add up to 1, filled up with zeros. */
function expectRowsOfSoftmax(weights: Numbers, tokens: number, padded: number): void {
  for (let row = 0; row < weights.length; row += padded) {
    const values = weights.slice(row, row + tokens);
    expect(values.every((value) => value >= 0)).toBe(true);
    expectClose([values.reduce((a, b) => a + b)], [1], 1e-6);
    expect(weights.slice(row + tokens, row + padded).every((value) => value === 0)).toBe(true);
  }
}

const inputOf = ({ n, tokens, heads, d }: Size): Numbers => randomNumbers(n * tokens * 3 * heads * d, 'qkv');

describeKernels('attention', (arena) => {
  it('has the value and the gradient of the reference', () => {
    const sizes = fc.record({
      n: fc.nat(2),
      tokens: fc.integer({ min: 1, max: 9 }),
      heads: fc.integer({ min: 1, max: 3 }),
      d: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(sizes, (size) => {
        const qkv = inputOf(size);
        const { out, weights } = forward(arena, qkv, size);
        expectClose(out, reference64(qkv, size), 2e-5, 0.1);
        expectRowsOfSoftmax(weights, size.tokens, arena.kernels.paddedTokens(size.tokens));
        const dOut = randomNumbers(out.length, 'dOut');
        const expected = numericGradient((x) => reference64(x, size), [qkv], 0, dOut);
        expectClose(back(arena, dOut, qkv, weights, size), expected, 2e-5, 1);
      }),
      { numRuns: 25 },
    );
  });

  /** Numbers of tokens around whole tiles of 6 rows and 8 columns; along some directions, as there are many inputs. */
  it.each([12, 13, 16, 17, 18, 19, 24, 25])('of %i tokens in heads of 64', (tokens) => {
    const size = { n: 2, tokens, heads: 2, d: 64 };
    const qkv = inputOf(size);
    const { out, weights } = forward(arena, qkv, size);
    expectClose(out, reference64(qkv, size));
    expectRowsOfSoftmax(weights, tokens, arena.kernels.paddedTokens(tokens));
    const dOut = randomNumbers(out.length, 'dOut');
    expectSlopes(back(arena, dOut, qkv, weights, size), (x) => reference64(x, size), qkv, dOut);
  });

  it('does not overflow for large scores', () => {
    const size = { n: 1, tokens: 5, heads: 1, d: 4 };
    const qkv = inputOf(size).map((value) => Math.fround(60 * value));
    expectClose(forward(arena, qkv, size).out, reference64(qkv, size), 1e-4);
  });
});

describeKernels('softmax', (arena) => {
  it('is that of the reference, row by row', () => {
    const sizes = fc.record({
      rows: fc.nat(9),
      columns: fc.integer({ min: 1, max: 21 }),
      scale: fc.constantFrom(1, 30, 1000),
    });
    fc.assert(
      fc.property(sizes, ({ rows, columns, scale }) => {
        const x = randomNumbers(rows * columns, 'x', scale);
        const [from, y] = [arena.input(x), arena.result(x.length)];
        const [result] = arena.run(() => arena.kernels.softmax(y, from, rows, columns));
        expectClose(result!, reference.softmax(x, columns));
      }),
    );
  });
});
