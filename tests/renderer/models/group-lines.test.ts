import { expect, test } from 'vitest';
import type { GroupMean, RunGroupRow } from '../../../main/contract/api/runs.ts';
import { meanTexts, runLines, scaleOf } from '../../../renderer/features/models/table/group-lines.tsx';

const mean = (of: GroupMean['of'], value: number, change: Partial<GroupMean> = {}): GroupMean => ({
  of,
  target: null,
  n: 4,
  mean: value,
  sd: value / 10,
  lo: 0.8 * value,
  hi: 1.2 * value,
  ...change,
});
const group = (key: string, count: number, means: GroupMean[] = []): RunGroupRow => ({
  key,
  title: key.toUpperCase(),
  count,
  done: count,
  means,
});

test('numbers of a column have one unit and the same decimals in every group', () => {
  const texts = (of: GroupMean['of'], ...values: number[]): string[] => {
    const groups = values.map((value, at) => group(String(at), 4, [mean(of, value)]));
    return groups.flatMap(({ means }) => means.map((each) => meanTexts(each, scaleOf(of, groups)).mean));
  };
  expect(texts('time', 45_000, 500)).toEqual(['45.0 ± 4.5 s', '0.5 ± 0.1 s']);
  expect(texts('time', 600_000, 45_000)).toEqual(['10.0 ± 1.0 min', '0.8 ± 0.1 min']);
  expect(texts('steps', 12_345.4, 9)).toEqual(['12,345 ± 1,235', '9 ± 1']);
  expect(texts('speed', 4.567, 0.1)).toEqual(['4.57 ± 0.46', '0.10 ± 0.01']);
  expect(texts('accuracy', 97.504)).toEqual(['97.50 ± 9.75']);
});

test('a mean says what it is over, and that too few runs have no interval', () => {
  const scale = scaleOf('accuracy', []);
  expect(meanTexts(mean('accuracy', 50), scale)).toMatchObject({
    interval: '40.00 to 60.00',
    title: 'Over 4 runs; 95 % interval of the mean 40.00 to 60.00',
  });
  const one = mean('accuracy', 50, { n: 1, sd: null, lo: null, hi: null });
  expect(meanTexts(one, scale)).toEqual({
    mean: '50.00',
    interval: null,
    title: 'Over 1 run: too few for an interval',
  });
});

test('closed groups have one line, open ones their own runs below it', () => {
  const table = { ids: [5, 3, 9, 1], groups: [group('a', 1), group('b', 2), group('c', 1)] };
  const lines = (...open: string[]) =>
    runLines(table, new Set(open)).map((line) => (line.kind === 'row' ? line.key : line.title));
  expect(lines()).toEqual(['A', 'B', 'C']);
  expect(lines('b')).toEqual(['A', 'B', 3, 9, 'C']);
  expect(lines('a', 'c')).toEqual(['A', 5, 'B', 'C', 1]);
  expect(runLines({ ...table, groups: [] }, new Set()).length).toBe(4);
});
