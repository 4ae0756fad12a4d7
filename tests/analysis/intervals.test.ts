import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrap, correctedBootstrap, expandedLevel, meanOver } from '../../main/analysis/statistics/intervals.ts';
import { normalCdf, normalQuantile, studentQuantile } from '../../main/analysis/statistics/distributions.ts';
import { crossingInterval } from '../../main/contributions/along/analysis/flip-point.ts';

/** Equal to 1e-10 of the expected value. */
const expectSame = (actual: number, expected: number): void => {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-10 * Math.abs(expected));
};

// Expected values to 15 digits: mpmath 1.3, by inverting the regularized incomplete beta and the normal distribution
// with 40 digits; they agree with R's qt and qnorm where those are exact.
describe('distributions', () => {
  it.each([
    [0.975, 1, 12.7062047361747],
    [0.975, 2, 4.30265272974946],
    [0.975, 3, 3.18244630528371],
    [0.975, 6.86, 2.37444220316427],
    [0.975, 9, 2.26215716279821],
    [0.975, 14, 2.1447866879178],
    [0.975, 29, 2.0452296421327],
    [0.975, 164, 1.97453457585848],
    [0.975, 1e6, 1.9599663568141],
    [0.025, 14, -2.1447866879178],
    [0.6, 2.5, 0.281459512748548],
    [0.95, 9, 1.83311293265624],
    [0.995, 1, 63.6567411628716],
    [0.9999, 5, 9.67756630088259],
    [0.999, 1000, 3.09840216391292],
    [1e-10, 3, -2225.76928468309],
    [1e-6, 0.7, -70219760.0324321],
  ])('the %f quantile of Student’s t with %f degrees of freedom is %f', (p, freedom, t) => {
    expectSame(studentQuantile(p, freedom), t);
  });

  it.each([
    [1e-300, -37.0470962993612],
    [1e-20, -9.26234008979841],
    [1e-10, -6.36134090240406],
    [1e-5, -4.26489079392282],
    [0.001, -3.09023230616781],
    [0.025, -1.95996398454005],
    [0.1, -1.2815515655446],
    [0.3, -0.524400512708041],
    [0.5, 0],
    [0.75, 0.674489750196082],
    [0.9, 1.2815515655446],
    [0.975, 1.95996398454005],
    [0.995, 2.5758293035489],
    [0.9999, 3.71901648545568],
  ])('the %f quantile of the normal distribution is %f', (p, z) => {
    expectSame(normalQuantile(p), z);
    expectSame(normalCdf(z), p);
  });
});

describe('expandedLevel', () => {
  // Computed with SciPy 1.17: norm.cdf(-sqrt(n / (n - 1)) * t.ppf(0.975, n - 1)).
  it.each([
    [3, 6.834137311941282e-8],
    [5, 0.0009541005518824907],
    [15, 0.013207173126811439],
    [30, 0.01875390027822054],
    [165, 0.023821141430487365],
  ])('of %i units', (units, level) => {
    expectSame(expandedLevel(units), level);
  });

  it('is below 2.5 % and grows towards it: an expanded interval holds the percentile interval', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100_000 }), (units) => {
        expect(expandedLevel(units)).toBeLessThan(0.025);
        expect(expandedLevel(units)).toBeLessThanOrEqual(expandedLevel(units + 1) + 1e-8);
      }),
    );
    expect(expandedLevel(1e6)).toBeCloseTo(0.025, 6);
  });
});

describe('the corrected interval', () => {
  const of = (values: readonly number[]) => {
    const mean = meanOver(
      values.map((_, at) => [at]),
      values,
    );
    return {
      percentile: bootstrap(values.length, { mean })!,
      corrected: { mean: correctedBootstrap(values.length, mean)! },
    };
  };

  it('holds the percentile interval where values lie evenly around their mean', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 3, maxLength: 20 }), (half) => {
        const { percentile, corrected } = of([...half, ...half.map((value) => -value)]);
        // The median of 1000 resamples is not exactly the estimate, so the ends may be a step off.
        const step = (percentile.mean.hi! - percentile.mean.lo!) / 20;
        expect(corrected.mean.lo!).toBeLessThanOrEqual(percentile.mean.lo! + step);
        expect(corrected.mean.hi!).toBeGreaterThanOrEqual(percentile.mean.hi! - step);
      }),
      { numRuns: 50 },
    );
  });

  it('stays within the values, in order, and mirrors with them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 12 }), (values) => {
        const { lo, hi, units } = of(values).corrected.mean;
        const mirrored = of(values.map((value) => -value)).corrected.mean;
        expect(units).toBe(values.length);
        expect(lo!).toBeGreaterThanOrEqual(Math.min(...values));
        expect(hi!).toBeLessThanOrEqual(Math.max(...values));
        expect(lo!).toBeLessThanOrEqual(hi!);
        expect(mirrored.lo).toBeCloseTo(-hi!, 9);
        expect(mirrored.hi).toBeCloseTo(-lo!, 9);
      }),
      { numRuns: 100 },
    );
  });

  it('reaches further towards a long tail', () => {
    const { percentile, corrected } = of([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 5, 12]);
    expect(corrected.mean.hi! - percentile.mean.hi!).toBeGreaterThan(0.3);
    expect(corrected.mean.lo!).toBeGreaterThan(percentile.mean.lo! - 0.1);
  });

  it('is a point where nothing varies, and nothing for one unit', () => {
    expect(of([4, 4, 4]).corrected.mean).toEqual({ estimate: 4, lo: 4, hi: 4, units: 3, n_null: 0 });
    expect(of([4]).corrected.mean).toEqual({ estimate: 4, lo: null, hi: null, units: 1, n_null: 0 });
    expect(of([4]).percentile.mean).toMatchObject({ lo: 4, hi: 4 });
  });

  it('is defined even if the statistic is undefined without any one unit', () => {
    const fragile = { of: (drawn: ArrayLike<number>) => new Set(Array.from(drawn)).size, without: () => null };
    expect(correctedBootstrap(2, fragile)).toEqual({ estimate: 2, lo: 1, hi: 2, units: 2, n_null: 0 });
  });

  it('of the crossing of shares resamples raters', () => {
    const alphas = [0, 0.5, 1];
    const rater = (second: number) => Float64Array.of(-1, second, 1);
    const { lo, hi, units } = crossingInterval(alphas, [rater(-1), rater(-1), rater(1), rater(1), rater(1)])!;
    expect(units).toBe(5);
    expect(lo!).toBeLessThan(0.5);
    expect(hi!).toBeGreaterThan(0.45);
    expect(crossingInterval(alphas, [rater(1)])).toBeNull();
  });
});
