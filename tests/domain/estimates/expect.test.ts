import { expect, test } from 'vitest';
import { blend, expectedTime, type Expectation, remainingTime } from '../../../main/domain/estimates/expect.ts';
import { randomStream } from '../../../main/domain/random/random.ts';

const assumed = { log: 0, spread: 0.5 };
const work = { steps: 1000, isFixed: false, stepMs: 100, evaluationMs: 0, bytes: 0 };
const expectation: Expectation = { work, steps: assumed, pace: assumed };
const wide = ({ low, high }: { low: number; high: number }): number => high / low;

test('what was measured here moves the assumption, the more the more alike it was, and narrows it', () => {
  const none = blend(0.5, [], 0.2);
  expect(none.log).toBeCloseTo(0, 12);
  const [far, near] = [0.6, 0.05].map((spread) => blend(0.5, [{ ratios: [3], spread }], 0.2));
  if (!far || !near) throw new Error('both were asked for');
  expect(far.log).toBeGreaterThan(0);
  expect(near.log).toBeGreaterThan(far.log);
  expect(near.log).toBeLessThan(Math.log(3));
  expect([near.spread < far.spread, far.spread < none.spread]).toEqual([true, true]);
  const many = blend(0.5, [{ ratios: Array.from({ length: 12 }, () => 3), spread: 0.05 }], 0.2);
  expect(Math.exp(many.log)).toBeCloseTo(3, 0);
  expect(many.spread).toBeLessThan(near.spread);
});

test('the next training lies within the range in four of five', () => {
  const random = randomStream(5, 'estimates');
  let within = 0;
  for (let trial = 0; trial < 1000; trial++) {
    const here = 0.5 * random.normal();
    const next = here + 0.2 * random.normal();
    const ratios = Array.from({ length: 3 }, () => Math.exp(here + 0.2 * random.normal()));
    const { log, spread } = blend(0.5, [{ ratios, spread: 1e-6 }], 0.2);
    if (Math.abs(next - log) <= 1.28 * spread) within++;
  }
  expect(within / 1000).toBeGreaterThan(0.76);
  expect(within / 1000).toBeLessThan(0.86);
});

test('a training that has begun says more and more itself', () => {
  const before = expectedTime(expectation);
  // 1000 steps of 100 ms were assumed; it takes 2000 of 50 ms.
  const at = (done: number) =>
    remainingTime(expectation, { done, total: 2000, attempt: { steps: done, workedMs: 50 * done } });
  const [early, half, late] = [at(100), at(1000), at(1900)];
  expect([wide(early) < wide(before), half.seconds / 50, late.seconds / 5]).toEqual([
    true,
    expect.closeTo(1, 0),
    expect.closeTo(1, 0),
  ]);
  const spread = ({ low, high }: { low: number; high: number }): number => high - low;
  expect(spread(half)).toBeLessThan(spread(early));
  expect(spread(late)).toBeLessThan(spread(half));
  expect(at(2000).seconds).toBeLessThan(5);
});

test('given steps are certain, and time in which nothing worked does not count', () => {
  const fixed = { ...expectation, work: { ...work, isFixed: true } };
  // Half an hour of work on half of the steps, whatever the clock says: as much is left.
  const left = remainingTime(fixed, { done: 500, total: 1000, attempt: { steps: 500, workedMs: 1_800_000 } });
  expect(left.seconds / 1800).toBeCloseTo(1, 0);
  expect(wide(left)).toBeLessThan(1.5);
  // Resumed, without a step yet: by the pace of other runs.
  const resumed = remainingTime(fixed, { done: 500, total: 1000, attempt: null });
  expect(resumed.seconds).toBeCloseTo(50, 0);
});

test('an assumption weighs by the square of its spread, as does what was measured, and work is in seconds', () => {
  // 1 / 0.25 beside 1 / (0.04 + 0.01 / 2).
  const [before, measured] = [1 / 0.5 ** 2, 1 / (0.2 ** 2 + 0.1 ** 2 / 2)];
  const { log, spread } = blend(0.5, [{ ratios: [3, 3], spread: 0.2 }], 0.1);
  expect(log).toBeCloseTo((Math.log(3) * measured) / (before + measured), 9);
  expect(spread).toBeCloseTo(Math.sqrt(1 / (before + measured) + 0.01), 9);
  const sure = { log: 0, spread: 0 };
  expect(expectedTime({ work, steps: sure, pace: sure })).toEqual({ seconds: 101, low: 101, high: 101 });
});

test('the range of what remains has both steps and pace at their low and high ends', () => {
  const unsure = { work, steps: { log: 0, spread: 0.01 }, pace: { log: 0, spread: 0.4 } };
  const { low, seconds, high } = remainingTime(unsure, { done: 500, total: 1000, attempt: null });
  expect([high / seconds > 1.5, seconds / low > 1.5]).toEqual([true, true]);
});

test('of what was measured the median counts, of even numbers the middle of both', () => {
  const sure = (ratios: number[]) => Math.exp(blend(1e6, [{ ratios, spread: 1e-6 }], 1e-6).log);
  expect(sure([2])).toBeCloseTo(2, 9);
  expect(sure([5, 1, 3])).toBeCloseTo(3, 9);
  expect(sure([2, 8])).toBeCloseTo(4, 9);
});

test('what a run says of its own steps counts as the square of what remains', () => {
  const at = (done: number) =>
    remainingTime(
      { work, steps: { log: 0, spread: 1 }, pace: { log: 0, spread: 0.01 } },
      { done, total: 2000, attempt: null },
    );
  // Weighted logarithms of 1000 (or what is done) and 2000 steps, the latter with spread 1.2 (1 - share)^2, at least 0.1.
  const end = (done: number): number => {
    const own = 1 / Math.max(0.1, 1.2 * (1 - done / 2000) ** 2) ** 2;
    return Math.exp((Math.log(Math.max(done, 1000)) + own * Math.log(2000)) / (1 + own));
  };
  for (const done of [0, 400, 1000, 1900]) expect(at(done).seconds).toBeCloseTo((end(done) - done) / 10, 6);
});

test('evaluations take their time once, however many steps there are', () => {
  const sure = { log: 0, spread: 0.01 };
  const evaluated = { ...work, evaluationMs: 20_000 };
  const half = { log: Math.log(0.5), spread: 0.01 };
  const seconds = (steps: typeof sure) => expectedTime({ work: evaluated, steps, pace: sure }).seconds;
  // A start of a second, evaluations of 20, and steps of 0.1.
  expect([seconds(sure), seconds(half)]).toEqual([expect.closeTo(121, 6), expect.closeTo(71, 6)]);
  const left = remainingTime({ work: evaluated, steps: sure, pace: sure }, { done: 0, total: 1000, attempt: null });
  expect(left.seconds).toBeCloseTo(120, 6);
});
