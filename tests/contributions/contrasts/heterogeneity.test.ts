import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heterogeneity } from '../../../main/contributions/contrasts/analysis/heterogeneity.ts';

describe('an effect over studies', () => {
  test('of two equally exact studies, by hand', () => {
    const studies = [0, 1].map((estimate) => ({ name: `${estimate}`, estimate, se: 0.1 }));
    const found = heterogeneity([
      ...studies,
      { name: 'none', estimate: null, se: 1 },
      { name: 'exact', estimate: 1, se: 0 },
    ]);
    expect(found).toMatchObject({ k: 2, n_dropped: 2, df: 1, leave_one_out: null, reason: null });
    // Q = 2 * 0.25 / 0.01; tau2 = 0.5 - 0.01; se = sqrt(0.5 / 2); t = 12.706.
    for (const [key, value] of Object.entries({
      q: 50,
      tau2: 0.49,
      estimate: 0.5,
      se: 0.5,
      i2: 0.98,
      hk_factor: 1,
      hi: 6.853,
    }))
      expect(found[key as 'q']).toBeCloseTo(value, 3);
    expect(heterogeneity(studies.slice(1))).toMatchObject({ k: 1, estimate: null, reason: 'one_study' });
  });

  test('moves and scales with its studies', () => {
    const study = fc.record({ y: fc.integer({ min: -50, max: 50 }), se: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(fc.array(study, { minLength: 2, maxLength: 8 }), fc.integer({ min: -9, max: 9 }), (given, shift) => {
        const of = (move: (y: number) => number, scale: number) =>
          heterogeneity(
            given.map(({ y, se }, name) => ({ name: `${name}`, estimate: move(y) * scale, se: se * scale })),
          );
        const [plain, moved] = [of((y) => y, 1), of((y) => y + shift, 0.01)];
        expect(moved.estimate).toBeCloseTo((plain.estimate! + shift) / 100, 9);
        expect(moved.tau2).toBeCloseTo(plain.tau2! / 1e4, 9);
        expect(moved.p_q).toBeCloseTo(plain.p_q!, 9);
        expect(plain.prediction_lo!).toBeLessThanOrEqual(plain.lo!);
        if (plain.tau2! > 0) expect(plain.hk_factor).toBeCloseTo(1, 9);
      }),
      { numRuns: 100 },
    );
  });
});
