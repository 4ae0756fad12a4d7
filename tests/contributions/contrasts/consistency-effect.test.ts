import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shownInterval } from '../../../main/analysis/claims/claims.ts';
import { kappasOf, kappaValues } from '../../../main/contributions/contrasts/analysis/consistency-effect.ts';
import type { Experiment } from '../../../main/contributions/contrasts/analysis/effect-cells.ts';
import { EffectEstimator } from '../../../main/contributions/contrasts/analysis/effects.ts';
import { modelKappa } from '../../../main/contributions/consistency/analysis/statistics.ts';
import { modelConsistency } from '../../../main/contributions/consistency/analysis/error-consistency.ts';
import { GroupJackknife } from '../../../main/analysis/claims/jackknife.ts';
import { type LabelMatrix, missing } from '../../../main/analysis/labels/labels.ts';
import { drawStudy } from '../../bench/coverage/effects.ts';
import { randomStream } from '../../../main/domain/random/random.ts';

const matrix = (rows: readonly (readonly number[])[]): LabelMatrix => ({
  raters: rows.length,
  images: rows[0]?.length ?? 0,
  classes: 4,
  values: Int16Array.from(rows.flat()),
});

/** Of 40 images, some without a right label; groups of four. */
const answers = fc.record({
  rows: fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 40, maxLength: 40 }), {
    minLength: 3,
    maxLength: 6,
  }),
  reference: fc.array(fc.constantFrom(0, 1, 2, missing), { minLength: 40, maxLength: 40 }),
});

describe('error consistency as values of images', () => {
  test('of two networks on four images, by hand', () => {
    // Right: a 1110, b 1100; kappa = 2 (.5 - .375) / .5 = .5. Without each image .4, .4, 1 and 0, .45 on average.
    const right = [Uint8Array.of(1, 1, 1, 0), Uint8Array.of(1, 1, 0, 0)];
    const { all } = kappaValues(right, [[0], [1], [2], [3]]);
    expect([...all]).toEqual([0.65, 0.65, -1.15, 1.85].map((value): unknown => expect.closeTo(value, 12)));
  });

  test('where all errors are in one group, half of it is left out: by hand', () => {
    // a 111110, b 111101, the last two in one group: kappa = -.2. Of half of it, n = 5 with 4.5 and 4.5 right, 4 both: -1/9.
    const right = [Uint8Array.of(1, 1, 1, 1, 1, 0), Uint8Array.of(1, 1, 1, 1, 0, 1)];
    const { all } = kappaValues(right, [
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    // Without either of the others -1/3; without the last 2 (-1/9) + .2 = -1/45.
    const mean = (-2 / 3 - 1 / 45) / 3;
    const value = (without: number): unknown => expect.closeTo(-0.2 + 2 * (mean - without), 12);
    expect([...all]).toEqual([value(-1 / 3), value(-1 / 3), value(-1 / 45)]);
  });

  test('its mean is the mean kappa of all pairs, and that of the pseudo-values too', () => {
    fc.assert(
      fc.property(answers, ({ rows, reference }) => {
        const labels = matrix(rows);
        const right = Int16Array.from(reference);
        const known = [...reference.keys()].filter((image) => reference[image] !== missing);
        const groups = Array.from({ length: 10 }, (_, group) => known.filter((image) => image % 10 === group)).filter(
          ({ length }) => length > 0,
        );
        const { kappa, n_null } = modelConsistency(labels, rows.map(String), right);
        const { all, networks } = kappasOf({ labels, reference: right }, [...rows.keys()], groups);
        const mean = (values: Float64Array): number =>
          groups.reduce((sum, { length }, group) => sum + length * values[group]!, 0) / known.length;
        if (known.length === 0) return;
        if (n_null > 0) expect(mean(all)).toBeNaN();
        else {
          expect(mean(all)).toBeCloseTo(kappa.mean!, 10);
          expect(networks.reduce((sum, own) => sum + mean(own), 0) / rows.length).toBeCloseTo(kappa.mean!, 10);
        }
      }),
    );
  });
});

const cell = { anchors: 'fresh', pairs: 20, seeds: 5 } as const;
const outcome = { type: 'consistency', m: 2 } as const;
const at = { recipe: '0' };

describe('error consistency as an outcome of effects', () => {
  const study = drawStudy(randomStream(3, 'consistency'), cell, ['a', 'b']);

  test('has the mean of the tables, and about the interval that leaves out networks and pairs', () => {
    const { effect } = new EffectEstimator(study, outcome).estimate({ type: 'mean', at });
    const { raters, images, classes, values } = study.labels;
    const labels = { raters: raters / 2, images, classes, values: values.subarray(0, (raters / 2) * images) };
    const jackknife = new GroupJackknife({
      images: study.images,
      people: study.people,
      networks: labels,
      readSoftmax: null,
      blocks: Array.from({ length: raters / 2 }, (_, run) => `${run}`),
    });
    const { estimate, se } = shownInterval(modelKappa, [{ jackknife, sample: true }], 'networks');
    expect(effect.estimate).toBeCloseTo(estimate!, 10);
    // They differ in how kappas of all pairs of networks are put together.
    expect(effect.se! / se!).toBeGreaterThan(0.95);
    expect(effect.se! / se!).toBeLessThan(1.05);
  });

  test('values of images add up to the difference', () => {
    const estimator = new EffectEstimator(study, outcome);
    const contrast = { type: 'difference', a: { recipe: '1' }, b: at } as const;
    const values = [...estimator.byImage(contrast).values()];
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(
      estimator.estimate(contrast).effect.estimate!,
      10,
    );
  });

  test('is undefined where two networks are both always right, and has no interval of two networks', () => {
    const reason = (of: Experiment) => new EffectEstimator(of, outcome).estimate({ type: 'mean', at }).effect.reason;
    const perfect = study.labels.values.slice();
    for (const run of [0, 1]) perfect.set(study.reference ?? [], run * study.labels.images);
    expect(reason({ ...study, labels: { ...study.labels, values: perfect } })).toBe('undefined');
    expect(reason({ ...study, reference: new Int16Array(study.images.length).fill(missing) })).toBe('no_cell');
    expect(reason(drawStudy(randomStream(4, 'two'), { ...cell, seeds: 2 }, ['a']))).toBe('one_run');
    expect(reason(drawStudy(randomStream(4, 'one'), { ...cell, seeds: 1 }, ['a']))).toBe('order');
  });
});
