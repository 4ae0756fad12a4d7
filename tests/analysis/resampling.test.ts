import { describe, expect, it } from 'vitest';
import {
  bootstrap,
  correctedBootstrap,
  expandedLevel,
  meanOver,
  mulberry32,
} from '../../main/analysis/statistics/intervals.ts';
import { normalCdf, normalQuantile, studentQuantile } from '../../main/analysis/statistics/distributions.ts';
import { holm, mcnemar, signFlip } from '../../main/analysis/groups/paired-tests.ts';
import { quantile } from '../../main/analysis/statistics/spread.ts';
import { randomStream } from '../../main/domain/random/random.ts';

const singles = (count: number): number[][] => Array.from({ length: count }, (_, image) => [image]);

describe('mulberry32', () => {
  it('is the same sequence for the same seed, uniform in [0, 1)', () => {
    const [a, b] = [mulberry32(20211213), mulberry32(20211213)];
    const drawn = Array.from({ length: 100_000 }, () => a());
    expect(drawn.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => b()));
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(drawn.reduce((sum, value) => sum + value, 0) / drawn.length).toBeCloseTo(0.5, 2);
  });
});

describe('bootstrap', () => {
  it('of images misses the truth far too often where images of a pair are alike', () => {
    const clusters = singles(60 * 4);
    let held = 0;
    for (let study = 0; study < 300; study++) {
      const { normal: next } = randomStream(study, 'coverage');
      const values = new Float64Array(240);
      for (let pair = 0; pair < 60; pair++) {
        const shared = next();
        for (let at = 0; at < 4; at++) values[pair * 4 + at] = shared + 0.3 * next();
      }
      const mean = correctedBootstrap(240, meanOver(clusters, values))!;
      if (mean.lo! <= 0 && mean.hi! >= 0) held++;
    }
    expect(held / 300).toBeLessThan(0.8);
  });

  it('counts resamples in which a statistic is undefined, and has nothing without units', () => {
    const often = { of: (units: ArrayLike<number>) => (units[0] === 0 ? null : 1), without: () => null };
    const never = { of: () => null, without: () => null };
    const percentile = bootstrap(2, { often, never })!;
    expect(percentile.often.n_null).toBeGreaterThan(400);
    expect(percentile.often).toMatchObject({ estimate: null, lo: 1, hi: 1 });
    expect(percentile.never).toEqual({ estimate: null, lo: null, hi: null, n_null: 1000 });
    expect(correctedBootstrap(2, never)).toEqual({ estimate: null, lo: null, hi: null, units: 2, n_null: 1000 });
    expect(bootstrap(0, { never })).toBeNull();
  });

  it('corrects by the bias alone where nothing is known of units left out', () => {
    const values = [1, 2, 4, 8, 16, 32];
    const known = meanOver(singles(6), values);
    const found = {
      known: correctedBootstrap(6, known)!,
      alone: correctedBootstrap(6, { of: known.of, without: () => null })!,
    };
    expect(found.alone.estimate).toBe(10.5);
    // Left out one by one they are skewed, which moves both ends up.
    expect(found.known.lo!).toBeGreaterThan(found.alone.lo!);
    expect(found.known.hi!).toBeGreaterThan(found.alone.hi!);
    const ends = ({ lo, hi }: { lo: number | null; hi: number | null }) => [lo, hi].map((end) => end!.toFixed(3));
    expect([ends(found.alone), ends(found.known)]).toEqual([
      ['2.311', '25.230'],
      ['2.667', '26.908'],
    ]);
    // The same for small and large numbers, and far from 0.
    for (const [factor, offset] of [
      [1e-3, 0],
      [1e3, 0],
      [1, 1000],
    ] as const) {
      const scaled = values.map((value) => value * factor + offset);
      const { lo, hi } = correctedBootstrap(6, meanOver(singles(6), scaled))!;
      expect((lo! - offset) / factor).toBeCloseTo(found.known.lo!, 6);
      expect((hi! - offset) / factor).toBeCloseTo(found.known.hi!, 6);
    }
  });

  it('normal quantiles and levels are those of tables', () => {
    expect([0.975, 0.5, 0.025, 0.0005, 1e-10].map((p) => normalQuantile(p))).toEqual(
      [1.959963984540054, 0, -1.959963984540054, -3.290526731491926, -6.361340902404056].map((z) =>
        expect.closeTo(z, 9),
      ),
    );
    expect([-1.959963984540054, 0, 3].map((z) => normalCdf(z))).toEqual(
      [0.025, 0.5, 0.9986501019683699].map((p) => expect.closeTo(p, 12)),
    );
    expect([1, 10, 100].map((freedom) => studentQuantile(0.975, freedom))).toEqual(
      [12.706204736, 2.228138852, 1.983971519].map((t) => expect.closeTo(t, 8)),
    );
    // Phi(-sqrt(10 / 9) t(0.975, 9)).
    expect(expandedLevel(10)).toBeCloseTo(normalCdf(-Math.sqrt(10 / 9) * 2.2621571628), 10);
    expect(expandedLevel(100_000)).toBeCloseTo(0.025, 5);
  });

  it('quantiles are those of type 7', () => {
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
    expect([quantile([5], 0.9), quantile([], 0.5)]).toEqual([5, null]);
  });
});

describe('mcnemar', () => {
  it.each([
    [0, 0, 1],
    [1, 1, 1],
    [4, 2, 0.6875],
    [5, 0, 0.0625],
    [8, 2, 0.109375],
  ])('%i and %i: p = %f', (b, c, p) => {
    expect(mcnemar(b, c).p_exact).toBeCloseTo(p, 12);
    expect(mcnemar(c, b).p_exact).toBeCloseTo(p, 12);
  });

  it('holds up with thousands of images', () => {
    expect(mcnemar(5000, 5000).p_exact).toBe(1);
    expect(mcnemar(5200, 4800).p_exact).toBeCloseTo(6.6e-5, 5);
    expect(mcnemar(10_000, 0).p_exact).toBe(0);
  });
});

describe('signFlip', () => {
  it('tries all patterns of few units', () => {
    // Of 8 patterns of 1, 2, 3 only +++ and --- reach 6.
    expect(signFlip(singles(4), [1, 2, 3, 0])).toEqual({
      statistic: 1.5,
      p: 0.25,
      method: 'exact',
      n_units: 4,
      n_nonzero: 3,
    });
    expect(signFlip([[0, 1], [2]], [1, -1, 0])).toMatchObject({ statistic: 0, p: 1, n_nonzero: 0, n_units: 2 });
    expect(signFlip([], [])).toMatchObject({ statistic: null, p: null, n_units: 0 });
  });

  it('draws patterns of many, and agrees with the exact p', () => {
    const differences = Array.from({ length: 17 }, (_, at) => (at % 3 === 0 ? -1 : 1));
    // T = 5 of 17 signs: P(|T| >= 5) of a fair walk.
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
    const tail = Array.from({ length: 7 }, (_, k) => choose(17, k)).reduce((a, b) => a + b, 0);
    const found = signFlip(singles(17), differences);
    expect(found.method).toBe('monte-carlo');
    expect(found.p).toBeCloseTo((2 * tail) / 2 ** 17, 2);
  });

  it('is uniform when nothing differs', () => {
    const random = randomStream(7, 'null');
    const ps = Array.from({ length: 400 }, () => signFlip(singles(12), Array.from({ length: 12 }, random.normal)).p!);
    const share = ps.filter((p) => p <= 0.1).length / ps.length;
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.15);
  });
});

describe('holm', () => {
  it('adjusts step by step, and leaves undefined tests out', () => {
    const found = holm([0.04, null, 0.01, 0.03]);
    [0.06, null, 0.03, 0.06].forEach((p, at) => {
      if (p === null) expect(found[at]).toBeNull();
      else expect(found[at]).toBeCloseTo(p, 12);
    });
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});
