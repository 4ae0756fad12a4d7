import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claimInterval, totalVariance } from '../../main/analysis/claims/claim-interval.ts';
import type { Experiment } from '../../main/contributions/contrasts/analysis/effect-cells.ts';
import { EffectEstimator } from '../../main/contributions/contrasts/analysis/effects.ts';
import type { ImageInput } from '../../main/analysis/outcomes/input.ts';
import { studentQuantile } from '../../main/analysis/statistics/distributions.ts';
import {
  components,
  independentPairs,
  mostUnseen,
  pairUnits,
  unitVariance,
  unvaried,
} from '../../main/analysis/outcomes/units.ts';
import { at } from '../../main/domain/numbers/arrays.ts';
import { paperPairs } from '../../main/domain/anchors/pair-design.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

type Pair = readonly [number, number];

/** One image a pair; `fresh`: anchors of its own. */
const imagesOf = (pairs: readonly Pair[], fresh = false): ImageInput[] =>
  pairs.map(([i, j], id) => ({
    id,
    pairI: i,
    pairJ: j,
    alpha: 0.5,
    ...(fresh && { anchorI: `${id}`, anchorJ: `${id}` }),
  }));

const allPairs = (classes: number): Pair[] =>
  Array.from({ length: classes }, (_, i) => i).flatMap((i) =>
    Array.from({ length: classes - i - 1 }, (_, k): Pair => [i, i + 1 + k]),
  );

/** U(u) by definition: a full matrix of who shares with whom. */
function definition(pairs: readonly Pair[], u: readonly number[]): number {
  const S = pairs.map((p) => pairs.map((q) => (p.some((end) => q.includes(end)) ? 1 : 0)));
  const P = pairs.length;
  const shared = S.flat().reduce((sum: number, one) => sum + one, 0);
  const both = S.flatMap((row, p) => row.map((one, q) => one * u[p]! * u[q]!)).reduce((a, b) => a + b, 0);
  const squares = u.reduce((sum, value) => sum + value ** 2, 0);
  return Math.max(squares / (P * (P - 1)), both / (P ** 2 - shared));
}

describe('pairs as units', () => {
  test('the degrees of freedom of the designs that the definitions name', () => {
    expect(pairUnits(imagesOf(paperPairs))).toMatchObject({ units: 'anchors', anchors: 10, shared: 75 });
    expect(pairUnits(imagesOf(paperPairs)).freedom).toBeCloseTo(6.86, 2);
    expect(pairUnits(imagesOf(allPairs(10))).freedom).toBeCloseTo(9, 9);
    expect(pairUnits(imagesOf(paperPairs, true))).toMatchObject({ units: 'pairs', anchors: 30, freedom: 14 });
  });

  test('one anchor in more than half of the pairs, or one pair, allows no variance', () => {
    expect(pairUnits(imagesOf([[0, 1]])).obstacle).toBe('one_pair');
    expect(
      pairUnits(
        imagesOf([
          [0, 1],
          [0, 2],
          [3, 4],
        ]),
      ).obstacle,
    ).toBe('one_anchor');
    expect(
      pairUnits(
        imagesOf([
          [0, 1],
          [0, 2],
          [3, 4],
          [5, 6],
        ]),
      ).obstacle,
    ).toBeNull();
    expect(
      pairUnits(
        imagesOf([
          [0, 1],
          [0, 2],
          [1, 2],
        ]),
      ).obstacle,
    ).toBe('one_anchor');
    const star = pairUnits(
      imagesOf([
        [0, 1],
        [0, 2],
        [0, 3],
      ]),
    );
    expect([star.freedom, unitVariance(star, [[1, -1, 0]])]).toEqual([null, null]);
  });

  test('images that do not count leave their anchors out', () => {
    const lines: ImageInput[] = ['a', 'b'].map((anchorI, id) => ({ id, pairI: 0, pairJ: 1, alpha: 0.5, anchorI }));
    expect(pairUnits(lines)).toMatchObject({ anchors: 3, pairs: [[0, 1]] });
    expect(pairUnits(lines, (image) => image === 1)).toMatchObject({ anchors: 2, pairs: [[1]] });
    expect(pairUnits(lines, () => false).pairs).toEqual([]);
  });

  test('the variance and the components are those of the definition', () => {
    const designs = fc.uniqueArray(fc.constantFrom(...allPairs(7)), { minLength: 2, maxLength: 21 });
    fc.assert(
      fc.property(
        designs,
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 21, maxLength: 21 }),
        (pairs, raw) => {
          const sorted = pairs.toSorted((p, q) => p[0] - q[0] || p[1] - q[1]);
          const units = pairUnits(imagesOf(sorted));
          if (units.obstacle !== null) return;
          const mean = raw.slice(0, pairs.length).reduce((a, b) => a + b, 0) / pairs.length;
          const u = raw.slice(0, pairs.length).map((value) => value - mean);
          expect(unitVariance(units, [u])).toBeCloseTo(definition(sorted, u), 9);
          expect(unitVariance(units, [u, u])).toBeCloseTo(2 * definition(sorted, u), 9);
          const linked = components(units);
          expect(linked.flat().toSorted((a, b) => a - b)).toEqual([...sorted.keys()]);
          linked.forEach((own, at) => {
            const ends = new Set(own.flatMap((pair) => sorted[pair]!));
            const others = linked
              .filter((_, other) => other !== at)
              .flat()
              .flatMap((pair) => sorted[pair]!);
            expect(others.some((end) => ends.has(end))).toBe(false);
          });
        },
      ),
    );
  });
});

describe('the interval', () => {
  test('is the t interval where pairs do not lean', () => {
    const { lo, hi, p, se, skew } = claimInterval({ estimate: 2, V: 0.25, df: 7.5 }, [-1, 0, 1, 0]);
    expect([se, skew]).toEqual([0.5, 0]);
    expect([lo, hi]).toEqual([2 - 0.5 * studentQuantile(0.975, 7.5), 2 + 0.5 * studentQuantile(0.975, 7.5)]);
    // Twice the integral of the density beyond 4, by Simpson's rule.
    expect(p).toBeCloseTo(0.00450611035018, 12);
  });

  test('excludes 0 exactly if p is below 0.05, and leans only outwards', () => {
    const u = fc.array(fc.double({ min: -5, max: 20, noNaN: true }), { minLength: 4, maxLength: 30 });
    const df = fc.double({ min: 1, max: 40, noNaN: true });
    fc.assert(
      fc.property(u, df, fc.double({ min: -4, max: 4, noNaN: true }), (raw, freedom, estimate) => {
        const mean = raw.reduce((a, b) => a + b, 0) / raw.length;
        const V = raw.reduce((sum, value) => sum + (value - mean) ** 2, 0) / raw.length ** 2 + 0.01;
        const found = claimInterval(
          { estimate, V, df: freedom },
          raw.map((value) => value - mean),
        );
        const t = studentQuantile(0.975, freedom) * found.se;
        expect(found.lo).toBeLessThanOrEqual(estimate - t + 1e-9);
        expect(found.hi).toBeGreaterThanOrEqual(estimate + t - 1e-9);
        if (Math.abs(found.p - 0.05) > 1e-6) expect(found.p < 0.05).toBe(found.lo > 0 || found.hi < 0);
      }),
    );
  });

  test('what runs and people add counts only beyond what the units hold already', () => {
    const units = { units: 4, freedom: 6 };
    expect(totalVariance({ ...units, runs: [{ own: 1, overlap: 2, count: 5 }] })).toEqual({ V: 4, df: 6 });
    const both = totalVariance({
      ...units,
      runs: [{ own: 3, overlap: 1, count: 5 }],
      labelers: { own: 2, overlap: 1, count: 4 },
    });
    expect(both.V).toBe(7);
    expect(both.df).toBeCloseTo(49 / (16 / 6 + 9 / 4 + 1 / 24 + 4 / 3 + 1 / 18), 12);
  });
});

describe('effects of pairs that do not share', () => {
  const runs = ['a', 'b'].flatMap((arch) =>
    [0, 1, 2].map((seed) => ({ name: `${arch}${seed}`, block: `${arch}${seed}`, levels: { arch } })),
  );
  const images = imagesOf(paperPairs, true);
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 90, maxLength: 90 });
  const none = { images: 15, classes: 10 } as const;
  const experiment = (y: readonly number[]): Experiment => ({
    images,
    runs,
    within: [],
    values: Float64Array.from(y),
    labels: { ...none, raters: 6, values: new Int16Array(90) },
    people: { ...none, raters: 0, values: new Int16Array() },
  });

  test('keep nothing of the size of labelers times images', async () => {
    const [labelers, many] = [40, 3000];
    const matrix = (raters: number) => ({
      raters,
      images: many,
      classes: 10,
      values: Int16Array.from({ length: raters * many }, (_, cell) => {
        const [rater, image] = [Math.floor(cell / many), cell % many];
        return (image + (rater % (2 + (image % 7)) === 0 ? 1 : 0)) % 10;
      }),
    });
    const large: Experiment = {
      images: Array.from({ length: many }, (_, id) => ({ ...at(images, id % 15), id })),
      runs,
      within: [],
      values: null,
      labels: matrix(6),
      people: matrix(labelers),
    };
    const held = (): number => {
      collect();
      return process.memoryUsage().arrayBuffers;
    };
    const before = held();
    const estimator = new EffectEstimator(large, { type: 'wrong', people: 'random', h: 3 });
    const estimate = () => estimator.estimate({ type: 'difference', a: { arch: 'a' }, b: { arch: 'b' } });
    const { effect } = estimate();
    expect(effect.v_labelers).toBeGreaterThan(0);
    // Agreements without each labeler are 10 MB, of all people 0.24 MB, votes of two cells 0.24 MB.
    // What is free is taken back by a thread of its own, which a busy machine lets wait.
    await expect.poll(() => held() - before, { timeout: 20_000 }).toBeLessThan(3e6);
    expect(estimate().effect).toEqual(effect);
  });

  test('the difference of means, with V at least that of the paired differences', () => {
    fc.assert(
      fc.property(values, (y) => {
        const estimator = new EffectEstimator(experiment(y), { type: 'value', scale: 'real' });
        const { effect } = estimator.estimate({ type: 'difference', a: { arch: 'a' }, b: { arch: 'b' } });
        const mean = (run: number, pair: number): number => y[run * 15 + pair]!;
        const d = images.map((_, pair) =>
          [0, 1, 2].reduce((sum, s) => sum + (mean(s, pair) - mean(3 + s, pair)) / 3, 0),
        );
        const average = d.reduce((a, b) => a + b, 0) / 15;
        expect(effect.estimate).toBeCloseTo(average, 12);
        expect(effect.v_units).toBeCloseTo(d.reduce((sum, one) => sum + (one - average) ** 2, 0) / (15 * 14), 12);
        expect((effect.se ?? 0) ** 2).toBeGreaterThanOrEqual((effect.v_units ?? 0) - 1e-15);
        const swapped = estimator.estimate({ type: 'difference', a: { arch: 'b' }, b: { arch: 'a' } }).effect;
        expect(swapped.estimate).toBeCloseTo(-average, 12);
        expect(swapped.lo).toBeCloseTo(-(effect.hi ?? 0), 9);
        expect(swapped.p).toBeCloseTo(effect.p ?? 0, 9);
      }),
    );
  });
});

describe('a share of 0 of n', () => {
  test('has the upper end that Hanley and Lippman-Hand (1983) print, about 3/n', () => {
    const printed = [
      [10, 26],
      [20, 14],
      [30, 10],
      [100, 3],
    ] as const;
    for (const [n, percent] of printed) expect(Math.round(100 * mostUnseen(n))).toBe(percent);
    expect(mostUnseen(1)).toBeCloseTo(0.95, 12);
    // One in so many pairs: with that share nobody is seen in 5 % of studies.
    for (const n of [5, 15]) expect((1 - mostUnseen(n)) ** n).toBeCloseTo(0.05, 12);
  });

  test('counts pairs that share no anchor: five of the paper’s, all with fresh anchors', () => {
    expect(independentPairs(pairUnits(imagesOf(paperPairs)))).toBe(5);
    expect(independentPairs(pairUnits(imagesOf(paperPairs, true)))).toBe(15);
    expect(independentPairs(pairUnits(imagesOf(allPairs(10))))).toBe(5);
    const { unvaried: shown } = unvaried(pairUnits(imagesOf(paperPairs)), 0);
    expect(shown).toEqual({ pairs: 5, most: expect.closeTo(0.45072, 5) });
    expect(unvaried(pairUnits(imagesOf(paperPairs)), 50)).toEqual({});
    expect(unvaried(pairUnits(imagesOf([[0, 1]])), 0)).toEqual({});
  });

  test('as many pairs as can be drawn without a common anchor, never fewer than there are components', () => {
    const ends = fc.tuple(fc.nat(8), fc.nat(8)).filter(([i, j]) => i < j);
    fc.assert(
      fc.property(fc.uniqueArray(ends, { minLength: 1, maxLength: 14, selector: String }), (pairs) => {
        const units = pairUnits(imagesOf(pairs.toSorted(([a, b], [c, d]) => a - c || b - d)));
        const chosen = independentPairs(units);
        const most = (left: readonly (readonly [number, number])[]): number => {
          const [first, ...rest] = left;
          if (!first) return 0;
          const others = rest.filter((pair) => !pair.some((end) => first.includes(end)));
          return Math.max(most(rest), 1 + most(others));
        };
        expect(chosen).toBeLessThanOrEqual(most(pairs));
        // It cannot be extended, so it is at least half of the most.
        expect(chosen).toBeGreaterThanOrEqual(most(pairs) / 2);
        expect(chosen).toBeGreaterThanOrEqual(components(units).length);
      }),
    );
  });
});
