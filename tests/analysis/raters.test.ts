import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  orderBySimilarity,
  cohen,
  cohenKappa,
  fleissKappa,
  krippendorffAlpha,
} from '../../main/analysis/raters/agreement.ts';
import { errorKappa } from '../../main/analysis/responses/error-kappa.ts';
import {
  humanConsistency,
  humanModelConsistency,
  modelConsistency,
} from '../../main/contributions/consistency/analysis/error-consistency.ts';
import { labelCounts } from '../../main/analysis/labels/labels.ts';
import { countPairs } from '../../main/analysis/raters/pair-counts.ts';
import { matrix, rowsOf } from './rater-rows.ts';

/** The unique most frequent label, or null. */
function majority(labels: number[]): number | null {
  const counts = new Map<number, number>();
  for (const label of labels) if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  if (!sorted[0] || sorted[1]?.[1] === sorted[0][1]) return null;
  return sorted[0][0];
}

/** Error consistency of two rows of labels as its definition reads, image by image. */
function byDefinition(x: readonly number[], y: readonly number[], reference: (image: number) => number | null) {
  const trials = x.flatMap((_, image) => {
    const truth = reference(image);
    return x[image]! < 0 || y[image]! < 0 || truth === null ? [] : [[x[image] === truth, y[image] === truth]];
  });
  const n = trials.length;
  const share = (of: (pair: boolean[]) => boolean): number => trials.filter(of).length / n;
  const [a, b] = [share(([first]) => first!), share(([, second]) => second!)];
  const observed = share(([first, second]) => first === second);
  const expected = a * b + (1 - a) * (1 - b);
  const certain = (a === 1 && b === 1) || (a === 0 && b === 0);
  return {
    n,
    c_obs: n === 0 ? null : observed,
    kappa: n === 0 || certain ? null : (observed - expected) / (1 - expected),
  };
}

const close = (actual: number | null, expected: number | null): void => {
  if (expected === null || actual === null) expect(actual).toBe(expected);
  else expect(actual).toBeCloseTo(expected, 9);
};

describe('pairs of raters', () => {
  it('are counted as label by label', () => {
    fc.assert(
      fc.property(rowsOf({ min: 2, max: 5 }), ({ classes, rows }) => {
        const counts = countPairs(matrix(rows, classes));
        let index = 0;
        for (let a = 0; a < rows.length; a++) {
          for (let b = a + 1; b < rows.length; b++) {
            const both = rows[a]!.flatMap((x, image) => (x < 0 || rows[b]![image]! < 0 ? [] : [[x, rows[b]![image]!]]));
            const times = (side: 0 | 1, k: number): number => both.filter((pair) => pair[side] === k).length;
            expect(counts.shared[index]).toBe(both.length);
            expect(counts.same[index]).toBe(both.filter(([x, y]) => x === y).length);
            const chance = Array.from({ length: classes }, (_, k) => times(0, k) * times(1, k));
            expect(counts.chance[index++]).toBe(chance.reduce((sum, value) => sum + value, 0));
          }
        }
      }),
    );
  });

  it('that were counted before are taken over', () => {
    fc.assert(
      fc.property(rowsOf({ min: 3, max: 6 }), ({ classes, rows }) => {
        const known = countPairs(matrix(rows.slice(1), classes));
        const at = rows.map((_, rater) => rater - 1);
        expect(countPairs(matrix(rows, classes), { counts: known, at })).toEqual(countPairs(matrix(rows, classes)));
      }),
    );
  });

  it('have no kappa where both are constant at the same label, and 0 where one is constant', () => {
    expect(cohenKappa(4, 4, 16)).toBeNaN();
    expect(cohenKappa(0, 0, 0)).toBeNaN();
    const { pairs, kappa, n_null } = cohen(
      ['a', 'b', 'c'],
      countPairs(
        matrix(
          [
            [1, 1, 1, 1],
            [1, 1, 1, 1],
            [0, 1, 0, 1],
          ],
          2,
        ),
      ),
    );
    expect([...pairs.values('kappa')]).toEqual([null, 0, 0]);
    expect(kappa).toMatchObject({ mean: 0, n: 2 });
    expect(n_null).toBe(1);
  });
});

describe('error consistency', () => {
  it('between people is judged by the others', () => {
    fc.assert(
      fc.property(rowsOf({ min: 2, max: 6 }), ({ classes, rows }) => {
        const { pairs } = humanConsistency(
          matrix(rows, classes),
          rows.map((_, at) => `H${at}`),
        );
        let index = 0;
        for (let a = 0; a < rows.length; a++) {
          for (let b = a + 1; b < rows.length; b++) {
            const others = rows.filter((_, rater) => rater !== a && rater !== b);
            const expected = byDefinition(rows[a]!, rows[b]!, (image) => majority(others.map((row) => row[image]!)));
            expect(pairs.value('n', index)).toBe(expected.n);
            close(pairs.value('c_obs', index), expected.c_obs);
            close(pairs.value('kappa', index++), expected.kappa);
          }
        }
      }),
    );
  });

  it('of people with models is judged by the other people, of models by all', () => {
    const both = rowsOf({ min: 2, max: 5 }).chain(({ classes, rows }) =>
      fc
        .array(
          fc.array(fc.integer({ min: 0, max: classes - 1 }), {
            minLength: rows[0]!.length,
            maxLength: rows[0]!.length,
          }),
          { minLength: 2, maxLength: 4 },
        )
        .map((models) => ({ classes, rows, models })),
    );
    fc.assert(
      fc.property(both, ({ classes, rows, models }) => {
        const humans = matrix(rows, classes);
        const names = (list: unknown[]): string[] => list.map((_, at) => `${at}`);
        const human = humanModelConsistency(humans, names(rows), matrix(models, classes), names(models)).pairs;
        let index = 0;
        for (const [h, row] of rows.entries()) {
          for (const model of models) {
            const others = rows.filter((_, rater) => rater !== h);
            const expected = byDefinition(row, model, (image) => majority(others.map((other) => other[image]!)));
            expect(human.value('n', index)).toBe(expected.n);
            close(human.value('kappa', index++), expected.kappa);
          }
        }
        const all = (image: number): number | null => majority(rows.map((row) => row[image]!));
        const reference = Int16Array.from(rows[0]!, (_, image) => all(image) ?? -1);
        const { pairs } = modelConsistency(matrix(models, classes), names(models), reference);
        close(pairs.value('kappa', 0), byDefinition(models[0]!, models[1]!, all).kappa);
      }),
    );
  });

  it('is 0 with one perfect rater, and undefined where both are always right or always wrong', () => {
    expect(errorKappa(10, 10, 7, 7).kappa).toBeCloseTo(0, 12);
    expect(errorKappa(10, 10, 10, 10).kappa).toBeNaN();
    expect(errorKappa(10, 0, 0, 0).kappa).toBeNaN();
    expect(errorKappa(0, 0, 0, 0).c_obs).toBeNaN();
    expect(errorKappa(10, 10, 0, 0).kappa).toBeCloseTo(0, 12);
  });
});

describe('many raters', () => {
  it('are undefined without an image of two labels, and with one label only', () => {
    const alone = labelCounts(matrix([[0, 1, -1]], 2));
    expect([fleissKappa(alone), krippendorffAlpha(alone)]).toEqual([null, null]);
    const one = labelCounts(
      matrix(
        [
          [1, 1],
          [1, 1],
        ],
        2,
      ),
    );
    expect([fleissKappa(one), krippendorffAlpha(one)]).toEqual([null, null]);
  });

  it('are 1 where all agree on two labels or more', () => {
    const same = labelCounts(
      matrix(
        [
          [0, 1, 2],
          [0, 1, 2],
          [0, 1, -1],
        ],
        3,
      ),
    );
    expect(fleissKappa(same)).toBeCloseTo(1, 12);
    expect(krippendorffAlpha(same)).toBeCloseTo(1, 12);
  });
});

describe('orderBySimilarity', () => {
  it('puts like beside like', () => {
    const near = 0.9;
    const similarity = [
      [null, 0, near, 0.1],
      [0, null, 0.1, near],
      [near, 0.1, null, 0],
      [0.1, near, 0, null],
    ];
    const order = orderBySimilarity(similarity);
    expect(order).toHaveLength(4);
    expect(Math.abs(order.indexOf(0) - order.indexOf(2))).toBe(1);
    expect(Math.abs(order.indexOf(1) - order.indexOf(3))).toBe(1);
    expect(orderBySimilarity([])).toEqual([]);
  });
});
