import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { layOutTrials, type OrderRules } from '../../../../main/contributions/desk/analysis/order.ts';
import { alphas } from '../../../../main/domain/stimuli/interpolation.ts';
import { randomStream } from '../../../../main/domain/random/random.ts';
import { layOutStimuli, type Pair } from '../../../../main/domain/stimuli/stimulus-set.ts';

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
/** Short, so that a difference can be seen. */
const text = (value: unknown): string => JSON.stringify(value).replaceAll('"', '');

describe('orders of labeling', () => {
  const pairs = (count: number): Pair[] =>
    Array.from({ length: 8 }, (_, i) => Array.from({ length: 7 - i }, (__, j) => [i, i + j + 1] as Pair))
      .flat()
      .slice(0, count);
  const rules: OrderRules = {
    order: { seed: 1, apart: 3, blocks: 1 },
    perPerson: null,
    repeats: 0,
    repeatApart: 10,
    practice: 0,
    attention: 0,
  };
  const extras = { repeats: 8, repeatApart: 12, practice: 5, attention: 4 };

  test.each<[string, string, number, number, Partial<OrderRules>]>([
    ['plain', 'f9b5b1400a62a0fd', 15, 11, {}],
    ['neighbors as they come', 'e16f16886e2c9e2a', 6, 5, { order: { seed: 2, apart: 1, blocks: 1 } }],
    ['four blocks', '218934aa5a840b47', 15, 11, { order: { seed: 3, apart: 3, blocks: 4 } }],
    ['with repeats, practice and attention', '148c7ef9e4efa291', 6, 11, extras],
    ['the same in blocks', '4fb4b0315166c2e9', 6, 11, { ...extras, order: { seed: 4, apart: 2, blocks: 3 } }],
    ['shares', '9053181789a90707', 6, 11, { perPerson: 20, order: { seed: 5, apart: 2, blocks: 1 } }],
    [
      'shares in blocks, with extras',
      'b13c5b8fab19f439',
      6,
      11,
      { ...extras, perPerson: 25, order: { seed: 6, apart: 2, blocks: 2 } },
    ],
    ['few images', '97660c95b48da5be', 1, 7, { repeats: 3, practice: 9, attention: 5, repeatApart: 4 }],
    ['more extras than room', 'ba1f003a496c644e', 2, 4, { repeats: 8, repeatApart: 30, practice: 3, attention: 4 }],
    ['very few images', '780168f15fc8fa59', 1, 3, { repeats: 2, repeatApart: 2, practice: 2, attention: 2 }],
    [
      'an image a block',
      'e4c9b3bdb57ed3a8',
      1,
      3,
      { attention: 2, repeats: 1, order: { seed: 1, apart: 1, blocks: 3 } },
    ],
  ])('%s', (_, kept, count, steps, change) => {
    const images = layOutStimuli(pairs(count), alphas(steps));
    const orders = [0, 1, 2, 5, 9, 30].map((place) => layOutTrials(images, { ...rules, ...change }, place));
    expect(hash(orders)).toBe(kept);
  });

  test('crowded ones, of few images with many repeats', () => {
    const random = randomStream(1, 'crowded');
    const orders = Array.from({ length: 60 }, (_, seed) => {
      const images = layOutStimuli(pairs(1 + random.int(2)), alphas(2 + random.int(4)));
      const order = { seed, apart: 1 + random.int(4), blocks: 1 + random.int(2) };
      const more = { repeats: random.int(9), repeatApart: 1 + random.int(6), practice: random.int(4) };
      return layOutTrials(images, { ...rules, ...more, order, attention: random.int(5) }, random.int(3));
    });
    expect(hash(orders)).toBe('29bede14d53e8b31');
  });

  test('one as it is stored', () => {
    const trials = layOutTrials(layOutStimuli(pairs(3), alphas(3)), { ...rules, repeats: 1, attention: 1 }, 4);
    expect(text(trials.map(({ image, kind, block }) => `${image} ${kind} ${block}`))).toBe(
      '[4 real 1,1 real 1,6 real 1,8 real 1,3 real 1,5 real 1,7 real 1,0 real 1,2 real 1,6 attention 1,4 repeat 1]',
    );
  });
});
