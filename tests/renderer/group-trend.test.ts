import { expect, test } from 'vitest';
import type { ResultsOverview } from '../../main/contract/api/results-tables.ts';
import { groupTrend } from '../../renderer/results/choice.tsx';

test('the mean trend of all recipes at a target leaves out groups of their own, and says whose accuracy counts what they were taught', () => {
  const model = (key: string, accuracy: number, collection: string | null) => ({
    key,
    name: key,
    architecture: 'CNN',
    target: 98,
    accuracy,
    group: 'diverse',
    repeat: null,
    seed: 1,
    runId: 1,
    engine: 'wasm',
    recipe: '',
    tags: [],
    collection,
    testedOnTaught: collection !== null,
    trend: { accuracy, error: 1, before: 3, after: 3, estimates: 0, undefined: null },
  });
  const models = [model('a', 97, null), model('b', 98, null), model('taught', 50, 'teach')];
  const overview = { models } as unknown as ResultsOverview;
  expect(groupTrend(overview, { kind: 'diverse', target: 98 })).toEqual({
    mean: 97.5,
    known: 2,
    models: 2,
    onTaught: 0,
  });
  expect(groupTrend(overview, { kind: 'chosen', models: ['b', 'taught'] })).toMatchObject({ mean: 74, onTaught: 1 });
});
