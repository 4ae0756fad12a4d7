import { expect, test } from 'vitest';
import { addCounts, checkCounts, closing, countTests, slowestFiles } from '../../scripts/setup/test-counts.mjs';

const file = (status: string, ...statuses: string[]) => ({
  name: `${status}.test.ts`,
  startTime: 1000,
  endTime: 2000,
  status,
  assertionResults: statuses.map((each) => ({ status: each })),
});

test('tests are counted by their outcome', () => {
  const report = { testResults: [file('passed', 'passed', 'skipped', 'todo'), file('failed', 'failed', 'passed')] };
  expect(countTests(report, 1)).toEqual({ passed: 2, failed: 1, skipped: 2 });
});

test('a file that fails outside its tests is a failure', () => {
  expect(countTests({ testResults: [file('failed'), file('failed', 'passed')] }, 1)).toEqual({
    passed: 1,
    failed: 2,
    skipped: 0,
  });
});

test('a run that ended badly without a failed test, or left no report, is a failure', () => {
  expect(countTests({ testResults: [file('passed', 'passed')] }, 1).failed).toBe(1);
  expect(countTests(undefined, 0).failed).toBe(1);
});

test('checks count as tests, and the line says it all', () => {
  const counts = [checkCounts(0), checkCounts(2), { passed: 5, failed: 0, skipped: 1 }].reduce(addCounts);
  expect(closing(counts, true, false).line).toBe('6 passed, 1 failed, 1 skipped');
});

test('without a browser the last line says that the page is untested, and CI fails', () => {
  const counts = { passed: 5, failed: 0, skipped: 160 };
  const local = closing(counts, false, false);
  expect(local.counts.failed).toBe(0);
  expect(local.line).toMatch(/^5 passed, 0 failed, 160 skipped \(without Chromium: the page is untested;/);
  const inCi = closing(counts, false, true);
  expect(inCi.counts.failed).toBe(1);
  expect(inCi.line).toMatch(/^5 passed, 1 failed, 160 skipped \(/);
  expect(closing(counts, true, true)).toEqual({ counts, line: '5 passed, 0 failed, 160 skipped' });
});

test('the slowest files are named, the longest first', () => {
  const testResults = [file('passed'), { ...file('failed'), endTime: 4500 }, { ...file('skipped'), endTime: 3000 }];
  expect(slowestFiles({ testResults }, 2)).toEqual([
    { name: 'failed.test.ts', seconds: 3.5 },
    { name: 'skipped.test.ts', seconds: 2 },
  ]);
  expect(slowestFiles(undefined, 2)).toEqual([]);
});
