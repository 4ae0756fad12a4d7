import { describe, expect, test } from 'vitest';
import { refreshRate } from '../../../../renderer/contributions/desk/page/screen-size.tsx';
import { trialAfter } from '../../../../renderer/contributions/desk/page/time-limits.ts';
import {
  isUnanswered,
  newBreaks,
  newPath,
  pageIndex,
  splitIntoPages,
  unansweredTrials,
} from '../../../../renderer/contributions/desk/page/trial-path.ts';

const page = (from: number, to: number, isPractice = false) => ({ from, to, isPractice });

describe('pages', () => {
  test('end at the end of practice, before each block, and when they are full', () => {
    expect(splitIntoPages(10, 2, [5], 4)).toEqual([page(0, 2, true), page(2, 5), page(5, 9), page(9, 10)]);
    expect(splitIntoPages(4, 0, [], 4)).toEqual([page(0, 4)]);
    expect(splitIntoPages(5, 0, [], 4)).toEqual([page(0, 4), page(4, 5)]);
    expect(splitIntoPages(3, 3, [], 2)).toEqual([page(0, 2, true), page(2, 3, true)]);
    expect(splitIntoPages(2, 0, [1], 1)).toEqual([page(0, 1), page(1, 2)]);
    expect(splitIntoPages(0, 0, [], 4)).toEqual([]);
  });

  test('a trial is on the page that has it', () => {
    const pages = splitIntoPages(10, 2, [5], 4);
    expect([0, 1, 2, 4, 5, 8, 9].map((trial) => pageIndex(pages, trial))).toEqual([0, 0, 1, 1, 2, 2, 3]);
    expect(pageIndex(pages, 10)).toBe(0);
  });
});

const state = (answers: (number | null)[], ...timedOut: number[]) => ({ answers, timedOut: new Set(timedOut) });

test('open is what has neither an answer nor run out of time; the first class is an answer', () => {
  const of = state([0, null, null, 3], 2);
  expect([0, 1, 2, 3, 4].map((trial) => isUnanswered(of, trial))).toEqual([false, true, false, false, false]);
  expect(unansweredTrials(of)).toEqual([1]);
  expect(unansweredTrials(state([null, 0, null]))).toEqual([0, 2]);
});

test('from an open trial to the next open one, from a changed answer to the next that did not time out', () => {
  expect(trialAfter(state([null, 1, null, null], 2), 0)).toBe(3);
  expect(trialAfter(state([null, 1, 2], 0), 1)).toBe(2);
  expect(trialAfter(state([null, 1, 2]), 0)).toBe(3);
  expect(trialAfter(state([1, 1, 1]), 0)).toBe(1);
  expect(trialAfter(state([1, null, 1], 1), 0)).toBe(2);
  expect(trialAfter(state([1, null, null], 1, 2), 0)).toBe(3);
  expect(trialAfter(state([1, 1]), 1)).toBe(2);
});

test('back leads to the answer that led here, else to the neighbor', () => {
  const path = newPath();
  expect(path.before(0)).toBe(-1);
  expect(path.before(4)).toBe(3);
  path.add(2, 7);
  path.add(7, 9);
  expect(path.before(9)).toBe(7);
  expect(path.before(8)).toBe(7);
  expect(path.before(5)).toBe(4);
  path.back();
  expect(path.before(7)).toBe(2);
  path.back();
  path.back();
  expect(path.before(7)).toBe(6);
});

test('a break comes once before the block that it begins, also if its first image is skipped, and none at the end', () => {
  const due = (first: number, ...nexts: number[]): boolean[] => {
    const isDue = newBreaks({ breaks: [3, 6], trials: 9 }, first);
    return nexts.map(isDue);
  };
  expect(due(0, 1, 2, 3, 4, 2, 3, 5, 6, 7)).toEqual([
    ...[false, false, true, false, false, false],
    ...[false, true, false],
  ]);
  expect(due(0, 4, 3, 8)).toEqual([true, false, true]);
  // A page that opens with the first image of a block comes after its break.
  expect(due(3, 3, 4, 6)).toEqual([false, false, true]);
  // From the last open image to the review, and back to the block whose break was not yet.
  expect(due(0, 9, 6)).toEqual([false, true]);
});

test('how often a screen is drawn follows the middle gap, whatever single frames do', () => {
  const frames = (...gaps: number[]): number[] => {
    const at = [100];
    for (const gap of gaps) at.push((at.at(-1) ?? 0) + gap);
    return at;
  };
  expect(refreshRate(frames(16, 16, 16, 500, 1))).toBe(62.5);
  expect(refreshRate(frames(7, 7, 7))).toBe(142.9);
  expect(refreshRate(frames(30, 10, 20))).toBe(50);
  expect(refreshRate(frames(30, 10))).toBe(33.3);
  // Nothing was drawn, or no screen draws so often.
  expect(refreshRate([])).toBeNull();
  expect(refreshRate(frames(1, 1, 1))).toBeNull();
  expect(refreshRate(frames(1.25, 1.25))).toBe(800);
});
