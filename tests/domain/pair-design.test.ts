import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../main/contract/wire/errors.ts';
import { pairBalance } from '../../main/domain/stimuli/pair-balance.ts';
import type { Confusion } from '../../main/contract/runs/generator.ts';
import {
  autoDesign,
  checkDesign,
  confusedPairs,
  countConfusion,
  pairCount,
  paperPairs,
  resolvePairs,
} from '../../main/domain/anchors/pair-design.ts';

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
  return 'no error';
};

const balanced = (classes: number, perClass: number, seed = 1) =>
  resolvePairs({ kind: 'balanced', perClass, seed }, classes);

describe("the paper's design", () => {
  it('has 15 pairs in which each digit stands exactly three times', () => {
    expect(resolvePairs({ kind: 'paper' }, 10)).toEqual(paperPairs);
    expect(paperPairs).toHaveLength(15);
    expect(pairBalance(paperPairs, 10).counts).toEqual(new Array(10).fill(3));
  });

  it('is refused for another number of classes', () => {
    expect(codeOf(() => resolvePairs({ kind: 'paper' }, 5))).toBe('pairs.paper-needs-ten-classes');
  });
});

describe('listed pairs', () => {
  const listed = (pairs: [number, number][], classes = 4) => resolvePairs({ kind: 'listed', pairs }, classes);

  it('are put in order, within and among pairs', () => {
    expect(
      listed([
        [3, 1],
        [0, 2],
        [0, 1],
      ]),
    ).toEqual([
      [0, 1],
      [0, 2],
      [1, 3],
    ]);
  });

  it.each([
    ['pairs.same-class', [[2, 2]]],
    [
      'pairs.duplicate',
      [
        [0, 1],
        [1, 0],
      ],
    ],
    ['pairs.class-out-of-range', [[0, 4]]],
    ['pairs.class-out-of-range', [[-1, 1]]],
    ['pairs.class-out-of-range', [[0, 1.5]]],
  ] as [string, [number, number][]][])('%s: %j', (code, pairs) => {
    expect(codeOf(() => listed(pairs))).toBe(code);
  });

  it('tell which classes there are, and how pairs are counted', () => {
    expect(() =>
      listed([
        [0, 1],
        [0, 4],
      ]),
    ).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('the 4 classes are 0 to 3'),
        where: 'stimuli.design.pairs, pair 2 (0-4)',
      }),
    );
    expect(() =>
      listed([
        [0, 3],
        [1, 2],
        [3, 0],
      ]),
    ).toThrow(
      expect.objectContaining({ message: expect.stringContaining('The pair 0-3 is listed twice (first as pair 1)') }),
    );
    expect(
      listed([
        [2, 3],
        [0, 3],
      ]),
    ).toEqual([
      [0, 3],
      [2, 3],
    ]);
  });

  it('names the pair in the error', () => {
    expect(() =>
      listed([
        [0, 1],
        [2, 1],
        [1, 2],
      ]),
    ).toThrow(
      expect.objectContaining({
        where: 'stimuli.design.pairs, pair 3 (1-2)',
        message: expect.stringContaining('pair 2'),
      }),
    );
  });
});

describe('a balanced design', () => {
  const feasible = fc
    .record({ classes: fc.integer({ min: 2, max: 40 }), perClass: fc.integer({ min: 1, max: 39 }), seed: fc.nat() })
    .filter(({ classes, perClass }) => perClass < classes && (classes * perClass) % 2 === 0);

  it('has every class in the same number of pairs, each pair once, i < j, in order', () => {
    fc.assert(
      fc.property(feasible, ({ classes, perClass, seed }) => {
        const pairs = balanced(classes, perClass, seed);
        expect(pairBalance(pairs, classes).counts).toEqual(new Array(classes).fill(perClass));
        expect(new Set(pairs.map(String)).size).toBe(pairs.length);
        expect(pairs.every(([i, j]) => i < j)).toBe(true);
        expect([...pairs].sort((a, b) => a[0] - b[0] || a[1] - b[1])).toEqual(pairs);
        expect(balanced(classes, perClass, seed)).toEqual(pairs);
      }),
      { numRuns: 60 },
    );
  });

  it('does not exist for an odd number of ends, or for more pairs than other classes; what does is named', () => {
    expect(() => balanced(5, 3)).toThrow(
      expect.objectContaining({ code: 'pairs.no-balanced-design', remedy: expect.stringContaining('2 or 4') }),
    );
    expect(() => balanced(10, 10)).toThrow(
      expect.objectContaining({ code: 'pairs.no-balanced-design', remedy: expect.stringContaining('9') }),
    );
    expect(codeOf(() => balanced(7, 999))).toBe('pairs.no-balanced-design');
    const refusal = (classes: number, perClass: number): [string, string] => {
      try {
        balanced(classes, perClass);
      } catch (error) {
        if (error instanceof UserError) return [error.message, error.remedy];
      }
      throw new Error('not refused');
    };
    expect(refusal(7, 999)[0]).toContain('A class of 7 has 6 others to be paired with, so it cannot be in 999 pairs');
    expect(refusal(7, 7)[0]).toContain('A class of 7 has 6 others');
    expect(refusal(7, 3)[0]).toContain('7 classes cannot be in 3 pairs each: 7 x 3 is odd');
    expect(refusal(7, 3)[1]).toBe('Choose 2 or 4 pairs for each class, or list the pairs.');
    expect(refusal(7, 1)[1]).toBe('Choose 2 or 6 pairs for each class, or list the pairs.');
    expect(refusal(10, 30)[1]).toBe('Choose 9 or 8 pairs for each class, or list the pairs.');
    expect(refusal(10, 0)[1]).toBe('Choose 1 or 9 pairs for each class, or list the pairs.');
    expect(refusal(1, 1)[1]).toBe('List the pairs instead.');
  });

  it('is drawn about equally often among all: the 3 matchings of 4 and the 70 2-regular graphs of 6 classes', () => {
    for (const [classes, perClass, graphs] of [
      [4, 1, 3],
      [6, 2, 70],
      [5, 2, 12],
      [6, 3, 70],
    ] as const) {
      const draws = graphs * 30;
      const counts = new Map<string, number>();
      for (let seed = 0; seed < draws; seed++) {
        const key = balanced(classes, perClass, seed).join(' ');
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      expect(counts.size).toBe(graphs);
      const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 30) ** 2 / 30, 0);
      const degrees = graphs - 1;
      // 4.5 standard deviations of a chi-square; the seeds are fixed, so this is no gamble.
      expect(chiSquare).toBeLessThan(degrees + 4.5 * Math.sqrt(2 * degrees));
    }
  });

  it('exists for a thousand classes, sparse and dense', () => {
    expect(balanced(1000, 3)).toHaveLength(1500);
    expect(balanced(1000, 998)).toHaveLength(499_000);
  });
});

describe('the design of a data set that names none', () => {
  it('suits any number of classes: all pairs of few, and never more than a person can label of many', () => {
    const counts = Object.fromEntries(
      [2, 3, 6, 7, 10, 12, 26, 100].map((k) => [k, resolvePairs({ kind: 'auto' }, k).length]),
    );
    expect(counts).toEqual({ 2: 1, 3: 3, 6: 15, 7: 7, 10: 15, 12: 12, 26: 13, 100: 50 });
    for (let k = 2; k <= 256; k++) {
      const { balanced: isBalanced } = pairBalance(resolvePairs({ kind: 'auto' }, k), k);
      expect([k, isBalanced, pairCount({ kind: 'auto' }, k)]).toEqual([k, true, (k * autoDesign(k).perClass) / 2]);
    }
  });
});

describe('confusable pairs', () => {
  /** Row i: mean softmax of each class over images of class i. */
  const confusionOf = (softmax: number[][]): Confusion => ({
    images: softmax.map(() => 10),
    called: softmax.map((row) => row.map(() => 0)),
    softmax,
  });
  const four = confusionOf([
    [0.7, 0.2, 0.1, 0],
    [0.1, 0.6, 0.3, 0],
    [0.1, 0.3, 0.6, 0],
    [0, 0, 0, 1],
  ]);

  it('are those with the largest scores, equal ones in the order of classes', () => {
    expect(confusedPairs(four).map(({ pair }) => pair.join('-'))).toEqual(['1-2', '0-1', '0-2', '0-3', '1-3', '2-3']);
    expect(confusedPairs(four)[0]).toMatchObject({ score: 0.6, called: 0, images: 20 });
    expect(resolvePairs({ kind: 'confusable', count: 2 }, 4, four)).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(resolvePairs({ kind: 'confusable', count: 2, perClass: 1 }, 4, four)).toEqual([
      [0, 3],
      [1, 2],
    ]);
  });

  it('are counted on test images', () => {
    // Two images of class 0, one of them called 1; one of class 1; none of class 2.
    const found = countConfusion([0, 0, 1], [0, 1, 1], Float32Array.of(0.75, 0.25, 0, 0.25, 0.5, 0.25, 0, 1, 0), 3);
    expect(found).toEqual({
      images: [2, 1, 0],
      called: [
        [1, 1, 0],
        [0, 1, 0],
        [0, 0, 0],
      ],
      softmax: [
        [0.5, 0.375, 0.125],
        [0, 1, 0],
        [0, 0, 0],
      ],
    });
  });

  it('are refused if there are not as many, and while nothing was counted', () => {
    expect(codeOf(() => checkDesign({ kind: 'confusable', count: 7 }, 4))).toBe('pairs.too-many');
    expect(codeOf(() => checkDesign({ kind: 'confusable', count: 3, perClass: 1 }, 4))).toBe('pairs.too-many');
    expect(codeOf(() => checkDesign({ kind: 'confusable', count: 6 }, 4))).toBe('no error');
    expect(codeOf(() => resolvePairs({ kind: 'confusable', count: 1 }, 4))).toBe('pairs.confusion-unknown');
  });

  it('keep to count and limit at any number of classes', () => {
    const seeds = fc.record({
      classes: fc.constantFrom(2, 3, 26, 100),
      perClass: fc.integer({ min: 1, max: 4 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(seeds, ({ classes, perClass, seed }) => {
        const softmax = Array.from({ length: classes }, (_, i) =>
          Array.from({ length: classes }, (_, j) => ((seed + i * 31 + j * 17) % 13) / 13),
        );
        const count = Math.max(1, Math.min(15, (classes * Math.min(perClass, classes - 1)) >> 1));
        const pairs = resolvePairs({ kind: 'confusable', count, perClass }, classes, confusionOf(softmax));
        expect(pairs.length).toBeLessThanOrEqual(count);
        expect(Math.max(...pairBalance(pairs, classes).counts)).toBeLessThanOrEqual(perClass);
      }),
      { numRuns: 30 },
    );
  });
});
