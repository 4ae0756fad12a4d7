import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairBalance } from '../../main/domain/stimuli/pair-balance.ts';
import { paperPairs, resolvePairs } from '../../main/domain/anchors/pair-design.ts';

test('the paper’s design is balanced and connected', () => {
  expect(pairBalance(paperPairs, 10)).toEqual({ counts: new Array(10).fill(3), balanced: true, connected: true });
});

test('a balanced design is balanced, for any number of classes', () => {
  const designs = fc
    .record({ classes: fc.integer({ min: 2, max: 40 }), perClass: fc.integer({ min: 1, max: 6 }), seed: fc.nat(1000) })
    .filter(({ classes, perClass }) => perClass < classes && (classes * perClass) % 2 === 0);
  fc.assert(
    fc.property(designs, ({ classes, perClass, seed }) => {
      const pairs = resolvePairs({ kind: 'balanced', perClass, seed }, classes);
      const { counts, balanced } = pairBalance(pairs, classes);
      expect(counts).toEqual(counts.map((_, k) => pairs.filter((pair) => pair.includes(k)).length));
      expect(balanced).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('one pair more or less is not balanced', () => {
  fc.assert(
    fc.property(fc.nat(14), (left) => {
      const pairs = paperPairs.filter((_, index) => index !== left);
      expect(pairBalance(pairs, 10).balanced).toBe(false);
    }),
  );
});

test('connected means that every class can be reached: compared with a search', () => {
  const graphs = fc.integer({ min: 2, max: 9 }).chain((classes) =>
    fc.record({
      classes: fc.constant(classes),
      pairs: fc.array(fc.tuple(fc.nat(classes - 1), fc.nat(classes - 1)), { maxLength: 12 }),
    }),
  );
  fc.assert(
    fc.property(graphs, ({ classes, pairs }) => {
      const reached = new Set([0]);
      for (let round = 0; round < classes; round++) {
        for (const [a, b] of pairs) if (reached.has(a) || reached.has(b)) reached.add(a).add(b);
      }
      expect(pairBalance(pairs, classes).connected).toBe(reached.size === classes);
    }),
    { numRuns: 300 },
  );
});

test('no pair at all is not balanced', () => {
  expect(pairBalance([], 4)).toEqual({ counts: [0, 0, 0, 0], balanced: false, connected: false });
});

test('a pair with an unknown class is ignored, whichever end it is', () => {
  const pairs = [
    [0, 1],
    [0, 2],
    [2, 1],
    [5, 0],
  ] as const;
  expect(pairBalance(pairs, 2)).toEqual({ counts: [1, 1], balanced: true, connected: true });
  expect(pairBalance([[1, 2]], 3)).toEqual({ counts: [0, 1, 1], balanced: false, connected: false });
  expect(pairBalance([], 1)).toEqual({ counts: [0], balanced: false, connected: true });
  expect(pairBalance([[0, 1]], 3)).toEqual({ counts: [1, 1, 0], balanced: false, connected: false });
});
