import { expect, test } from 'vitest';
import { inTurn, nextFactor, remainder, scale, togetherOn } from '../../main/domain/numbers/time-range.ts';
import { randomStream } from '../../main/domain/random/random.ts';

test('without earlier runs the assumed spread decides; each run narrows the range around what runs took', () => {
  const none = nextFactor([], 0.6);
  expect(none.mid).toBe(1);
  expect(none.low * none.high).toBeCloseTo(1, 12);
  expect(none.high).toBeCloseTo(Math.exp(1.645 * 0.6), 12);
  const few = nextFactor([7.9, 8, 8.1], 0.6);
  const many = nextFactor(
    Array.from({ length: 12 }, (_, k) => 8 + (k - 5.5) / 50),
    0.6,
  );
  expect([few.mid, many.mid]).toEqual([expect.closeTo(8, 6), expect.closeTo(8, 1)]);
  expect(many.high / many.low).toBeLessThan(few.high / few.low);
  expect(few.high / few.low).toBeLessThan(none.high / none.low);
});

test.each([
  // With one run alone, the assumed spread of 0.4 decides.
  [1, 0.1],
  [1, 0.3],
  [3, 0.1],
  [3, 0.3],
  [3, 0.6],
  [12, 0.1],
  [12, 0.6],
])('after %d runs with a spread of %d, at least 80 %% of the next end within the range', (before, spread) => {
  const random = randomStream(5, 'time-range', before, spread);
  let within = 0;
  for (let trial = 0; trial < 500; trial++) {
    const times = Array.from({ length: before + 1 }, () => 3 * Math.exp(spread * random.normal()));
    const { low, high } = nextFactor(times.slice(0, -1), 0.4);
    const next = times.at(-1) ?? 0;
    if (next >= low && next <= high) within++;
  }
  expect(within / 500).toBeGreaterThanOrEqual(0.8);
});

test('parts add up in turn, share workers, and shrink with what is done', () => {
  const part = scale(10, { mid: 1, low: 0.5, high: 2 });
  expect(inTurn([part, part])).toEqual({ seconds: 20, low: 10, high: 40 });
  // Three on two workers: at best 1.5 times as long as one, in fact twice.
  expect(togetherOn([part, part, part], 2)).toMatchObject({ low: 7.5, high: 40 });
  expect(togetherOn([part], 8)).toEqual(part);
  expect(togetherOn([], 2)).toEqual({ seconds: 0, low: 0, high: 0 });
  expect(remainder(part, 0.75)).toEqual({ seconds: 2.5, low: 1.25, high: 5 });
  expect(remainder(part, 2).high).toBe(0);
});
