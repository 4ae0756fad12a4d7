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
  width: number;
  heads: number;
  d: number;
}

type Inputs = [x: Numbers, w: Numbers, b: Numbers];

/** Weights small enough that no softmax is all but 0 and 1. */
function inputsOf({ n, tokens, width, heads, d }: Size): Inputs {
  const columns = 3 * heads * d;
  const scale = 1 / Math.sqrt(width);
  return [
    randomNumbers(n * tokens * width, 'x'),
    randomNumbers(width * columns, 'w', scale),
    randomNumbers(columns, 'b'),
  ];
}

function exactly([x, w, b]: Inputs, { n, tokens, heads, d }: Size): Numbers {
  return reference.attention(reference.dense(x, w, b), n, tokens, heads, d);
}

interface Kept {
  qkv: Numbers;
  weights: Numbers;
}

function forward(arena: Arena, inputs: Inputs, { n, tokens, width, heads, d }: Size): [out: Numbers, kept: Kept] {
  const { kernels } = arena;
  const [x, w, b] = inputs.map((values) => arena.input(values));
  const rows = n * tokens;
  const counts = [rows * heads * d, rows * 3 * heads * d, rows * heads * kernels.paddedTokens(tokens)];
  const [out, qkv, weights] = counts.map((count) => arena.result(count));
  const scratch = arena.scratch(kernels.selfAttentionScratch(tokens, width, heads, d));
  const results = arena.run(() =>
    kernels.selfAttention(out!, qkv!, weights!, x!, w!, b!, n, tokens, width, heads, d, scratch),
  );
  return [results[0]!, { qkv: results[1]!, weights: results[2]! }];
}

function forwardOnly(arena: Arena, inputs: Inputs, { n, tokens, width, heads, d }: Size): Numbers {
  const { kernels } = arena;
  const [x, w, b] = inputs.map((values) => arena.input(values));
  const out = arena.result(n * tokens * heads * d);
  const scratch = arena.scratch(kernels.selfAttentionScratch(tokens, width, heads, d));
  return arena.run(() => kernels.selfAttention(out, 0, 0, x!, w!, b!, n, tokens, width, heads, d, scratch))[0]!;
}

function back(arena: Arena, dOut: Numbers, [x, w]: Inputs, { qkv, weights }: Kept, size: Size): Numbers[] {
  const { kernels } = arena;
  const { n, tokens, width, heads, d } = size;
  const [atOut, atX, atW, atQkv, atWeights] = [dOut, x, w, qkv, weights].map((values) => arena.input(values));
  const [dx, dw, db] = [x.length, w.length, 3 * heads * d].map((count) => arena.result(count));
  const scratch = arena.scratch(kernels.selfAttentionBackScratch(tokens, width, heads, d));
  return arena.run(() =>
    kernels.selfAttentionBack(
      dx!,
      dw!,
      db!,
      atOut!,
      atX!,
      atW!,
      atQkv!,
      atWeights!,
      n,
      tokens,
      width,
      heads,
      d,
      scratch,
    ),
  );
}

describeKernels('self-attention', (arena) => {
  it('has the value and the gradients of the reference', () => {
    const sizes = fc.record({
      n: fc.nat(2),
      tokens: fc.integer({ min: 1, max: 7 }),
      width: fc.integer({ min: 1, max: 9 }),
      heads: fc.integer({ min: 1, max: 2 }),
      d: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(sizes, (size) => {
        const inputs = inputsOf(size);
        const [out, kept] = forward(arena, inputs, size);
        expectClose(out, exactly(inputs, size), 2e-5, 0.1);
        const dOut = randomNumbers(out.length, 'dOut');
        for (const [index, gradient] of back(arena, dOut, inputs, kept, size).entries()) {
          const expected = numericGradient((...given) => exactly(given as Inputs, size), inputs, index, dOut);
          expectClose(gradient, expected, 2e-5, 1);
        }
      }),
      { numRuns: 20 },
    );
  });

  it.each<[string, Size]>([
    ['more images than are done together', { n: 9, tokens: 17, width: 8, heads: 2, d: 8 }],
    ['images of more tokens than are done together', { n: 2, tokens: 125, width: 3, heads: 1, d: 5 }],
    ['rows of x and of the projection longer than a block', { n: 2, tokens: 3, width: 520, heads: 3, d: 61 }],
    ['a block of the ViT', { n: 2, tokens: 17, width: 64, heads: 8, d: 64 }],
  ])('%s', (_, size) => {
    const inputs = inputsOf(size);
    const [out, kept] = forward(arena, inputs, size);
    expectClose(out, exactly(inputs, size));
    const dOut = randomNumbers(out.length, 'dOut');
    for (const [index, gradient] of back(arena, dOut, inputs, kept, size).entries()) {
      const f = (values: Numbers): Numbers => exactly(inputs.with(index, values) as Inputs, size);
      expectSlopes(gradient, f, inputs[index]!, dOut);
    }
  });

  it('gives the same without keeping anything', () => {
    const size = { n: 9, tokens: 17, width: 8, heads: 2, d: 8 };
    const inputs = inputsOf(size);
    expect(forwardOnly(arena, inputs, size)).toEqual(forward(arena, inputs, size)[0]);
  });
});
