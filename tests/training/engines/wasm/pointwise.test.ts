import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Kernels, Pointer } from '../../../../main/training/engines/wasm/kernels.ts';
import { expectClose, randomNumbers } from '../../conformance/compare.ts';
import { gelu, type Numbers } from '../../conformance/reference-ops.ts';
import { type Arena, describeKernels } from './arena.ts';

interface Activation {
  name: string;
  /** In float64. */
  f: (x: number) => number;
  forward: (kernels: Kernels, y: Pointer, x: Pointer, count: number) => void;
  back: (kernels: Kernels, dx: Pointer, dy: Pointer, kept: Pointer, count: number) => void;
  /** What the gradient is made from. */
  kept: 'x' | 'y';
}

const slope = 0.2;

const activations: Activation[] = [
  {
    name: 'relu',
    f: (x) => Math.max(0, x),
    forward: (kernels, ...given) => kernels.relu(...given),
    back: (kernels, ...given) => kernels.reluBack(...given),
    kept: 'y',
  },
  {
    name: 'leaky relu',
    f: (x) => (x > 0 ? x : slope * x),
    forward: (kernels, ...given) => kernels.leakyRelu(...given, slope),
    back: (kernels, ...given) => kernels.leakyReluBack(...given, slope),
    kept: 'x',
  },
  {
    name: 'gelu',
    f: (x) => gelu(Float64Array.of(x))[0]!,
    forward: (kernels, ...given) => kernels.gelu(...given),
    back: (kernels, ...given) => kernels.geluBack(...given),
    kept: 'x',
  },
  {
    name: 'tanh',
    f: Math.tanh,
    forward: (kernels, ...given) => kernels.hyperbolicTangent(...given),
    back: (kernels, ...given) => kernels.hyperbolicTangentBack(...given),
    kept: 'y',
  },
];

function forward(arena: Arena, activation: Activation, x: Numbers): Numbers {
  const [from, to] = [arena.input(x), arena.result(x.length)];
  return arena.run(() => activation.forward(arena.kernels, to, from, x.length))[0]!;
}

function back(arena: Arena, { kept, f, back }: Activation, dy: Numbers, x: Numbers): Numbers {
  const [fromDy, fromKept] = [arena.input(dy), arena.input(kept === 'x' ? x : x.map(f))];
  const dx = arena.result(x.length);
  return arena.run(() => back(arena.kernels, dx, fromDy, fromKept, x.length))[0]!;
}

/** Each function has a value and a slope everywhere but at 0, where the step across it would be wrong. */
function gradient(f: (x: number) => number, x: Numbers, dy: Numbers): Numbers {
  const step = 1e-5;
  return x.map((value, at) => (dy[at]! * (f(value + step) - f(value - step))) / (2 * step));
}

const counts = fc.nat(40);

describeKernels('functions of one element', (arena) => {
  describe.each(activations)('$name', (activation) => {
    it('has the value and the gradient of the reference, for any count', () => {
      fc.assert(
        fc.property(counts, (count) => {
          const x = randomNumbers(count, 'x', 2).map((value) => (Math.abs(value) < 1e-4 ? 1 : value));
          const dy = randomNumbers(count, 'dy');
          expectClose(forward(arena, activation, x), x.map(activation.f));
          expectClose(back(arena, activation, dy, x), gradient(activation.f, x, dy), 2e-5, 0.1);
        }),
        { numRuns: 60 },
      );
    });

    it('is as precise as float32 over the whole line', () => {
      const x = Float64Array.from({ length: 4801 }, (_, at) => Math.fround((at - 2400) / 200));
      const one = x.map(() => 1);
      const allowed = (value: number): number => 4e-7 * Math.max(1, Math.abs(value));
      const values = forward(arena, activation, x);
      const slopes = back(arena, activation, one, x);
      const expected = gradient(activation.f, x, one);
      const wrong = [...x.keys()].filter(
        (at) =>
          !(Math.abs(values[at]! - activation.f(x[at]!)) <= allowed(x[at]!)) ||
          (x[at] !== 0 && !(Math.abs(slopes[at]! - expected[at]!) <= allowed(x[at]!))),
      );
      expect(wrong.map((at) => [x[at], values[at], slopes[at]])).toEqual([]);
    });

    it('does not run over, and keeps what is not a number', () => {
      const values = forward(arena, activation, Float64Array.of(1e30, -1e30, 100, -100, 0, Number.NaN));
      expectClose(values.slice(0, 5), [1e30, -1e30, 100, -100, 0].map(activation.f));
      expect(values[5]).toBeNaN();
    });
  });

  it('add and multiply', () => {
    fc.assert(
      fc.property(counts, (count) => {
        const { kernels } = arena;
        const [a, b] = [randomNumbers(count, 'a'), randomNumbers(count, 'b')];
        for (const kernel of ['add', 'multiply'] as const) {
          const [atA, atB, y] = [arena.input(a), arena.input(b), arena.result(count)];
          const expected = a.map((value, at) => Math.fround(kernel === 'add' ? value + b[at]! : value * b[at]!));
          expect(arena.run(() => kernels[kernel](y, atA, atB, count))).toEqual([expected]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
