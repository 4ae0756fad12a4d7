import { expect, test } from 'vitest';
import type { ResultsOverview } from '../../../main/contract/api/results-tables.ts';
import { defaultStudy } from '../../../renderer/contributions/groups/second.ts';

const overviewOf = (...targets: number[]): ResultsOverview =>
  ({
    diverse: targets.map((target) => ({ target, models: 3, planned: 3 })),
    seeds: [],
    outside: { models: 0, planned: 0 },
  }) as unknown as ResultsOverview;
const group = { kind: 'diverse', target: 98 } as const;
const study = (name: string, done: number, stimuli: number | null = 10) => ({
  name,
  stimuli,
  models: { done, planned: 3 },
});
const studies = [study('own', 3), study('empty', 0), study('not frozen', 3, null), study('old', 2), study('older', 2)];

test('a study with one group of networks is compared with another study that has some, not with itself', () => {
  const alone = { study: 'own', overview: overviewOf(98), group };
  expect(defaultStudy(alone, studies)).toBe('old');
  expect(defaultStudy(alone, studies.slice(0, 3))).toBe('own');
  expect(defaultStudy({ study: 'own', overview: overviewOf(97, 98), group }, studies)).toBe('own');
});
