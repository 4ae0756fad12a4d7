import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AdamSettings } from '../../../../main/training/engines/engine.ts';
import { expectClose, randomNumbers } from '../../conformance/compare.ts';
import { type AdamState, adamStep, type Numbers } from '../../conformance/reference-ops.ts';
import { type Arena, describeKernels } from './arena.ts';

/** One step of the kernel; `next` are the new weights, in the place of the old ones or in their own. */
function step(
  arena: Arena,
  { w, m, v }: AdamState,
  gradient: Numbers,
  t: number,
  { stepSize, beta1, beta2, epsilon, weightDecay, decoupled }: AdamSettings,
  inPlace: boolean,
): AdamState {
  const from = arena.input(gradient);
  const [atM, atV] = [arena.changing(m), arena.changing(v)];
  const next = inPlace ? arena.changing(w) : arena.result(w.length);
  const atW = inPlace ? next : arena.input(w);
  const results = arena.run(() =>
    arena.kernels.adam(
      next,
      atW,
      from,
      atM,
      atV,
      w.length,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      stepSize / (1 - beta1 ** t),
      1 / Math.sqrt(1 - beta2 ** t),
      epsilon,
      decoupled ? 0 : weightDecay,
      decoupled ? 1 - stepSize * weightDecay : 1,
    ),
  );
  return { m: results[0]!, v: results[1]!, w: results[2]! };
}

describeKernels('adam', (arena) => {
  it('follows Kingma & Ba for any count', () => {
    const cases = fc.record({ count: fc.nat(21), decoupled: fc.boolean(), inPlace: fc.boolean() });
    fc.assert(
      fc.property(cases, ({ count, decoupled, inPlace }) => {
        const rates = { stepSize: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };
        const settings = { ...rates, weightDecay: 0.1, decoupled };
        const start = randomNumbers(count, 'start');
        const expected: AdamState = { w: start.slice(), m: new Float64Array(count), v: new Float64Array(count) };
        let state: AdamState = { ...expected };
        for (let t = 1; t <= 3; t++) {
          const gradient = randomNumbers(count, `gradient${t}`);
          state = step(arena, state, gradient, t, settings, inPlace);
          adamStep(expected, gradient, t, settings);
        }
        expectClose(state.w, expected.w, 1e-6, 1);
        expectClose(state.m, expected.m, 1e-6, 0.1);
        expectClose(state.v, expected.v, 1e-6, 1e-3);
      }),
      { numRuns: 60 },
    );
  });

  it('takes no step without a gradient', () => {
    const [w, zero] = [randomNumbers(7, 'w'), new Float64Array(7)];
    const settings = { stepSize: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decoupled: false };
    expect(step(arena, { w, m: zero, v: zero }, zero, 1, settings, true)).toEqual({ w, m: zero, v: zero });
  });
});
