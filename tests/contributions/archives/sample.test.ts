import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { typeNames } from '../../../main/contract/results/exhibit.ts';
import { quantityAt } from '../../../main/domain/results/exhibits.ts';
import { repository } from '../../architecture/tools.ts';
import { jobEnded, openLab } from '../../services/lab/lab-helper.ts';
import type { TestLab } from '../../services/lab/lab-helper.ts';

test('the sample study opens, and every number of its overview is what its database says', async () => {
  const test = openLab();
  const { client, lab, defects } = test;
  expect(statSync(join(repository, 'resources', 'samples', 'sample-study.zip')).size).toBeLessThan(6e6);
  const { name, job } = await client.archives.openSample({});
  expect(await jobEnded(test, job ?? '')).toMatchObject({ state: 'done', link: '/studies/sample' });
  const overview = await client.overview.get({ study: name });
  expect(defects).toEqual([]);
  const { storage } = lab.workbench;
  const study = storage.studies.byName(name);
  const figures = overview.steps.map(({ step, state, figure, simulated }) => [step, state, figure?.value, simulated]);
  const { types: table } = await client.results.finding({ study: name, labelers: null });
  if (!table) throw new Error('no types');
  const counted = (key: string): number => quantityAt(table, 0, key)?.value ?? Number.NaN;
  expect(figures.slice(0, 6)).toEqual([
    ['data-set', 'done', '70,000', false],
    ['generator', 'done', 'mnist-dcgan64', false],
    ['stimuli', 'done', '165', false],
    ['models', 'done', '9 of 9', false],
    ['labeling', 'done', '10', true],
    ['analysis', 'done', `${counted('type_a')} of ${counted('images')}`, true],
  ]);
  expect(overview.steps[6]).toMatchObject({ step: 'report', state: 'done' });
  expect(overview).toMatchObject({ next: null, job: null, study: { state: 'done', runs: { done: 21 } } });
  expect(counted('networks')).toBe(9);
  expect(typeNames.reduce((sum, type) => sum + counted(type), 0)).toBe(165);
  expect(Object.fromEntries(typeNames.map((type) => [type, counted(type)]))).toEqual(
    countedByHand(lab, study?.id ?? 0),
  );
  expect(storage.models.ofStudy(study?.id ?? 0).every((model) => storage.blobs.has(model.weights))).toBe(true);
  expect(await client.archives.openSample({})).toEqual({ name: 'sample', job: null });
});

/** Who disagrees on how many images, counted from the rows, without any code of the analysis. */
function countedByHand({ workbench: { storage } }: TestLab['lab'], studyId: number): Record<string, number> {
  const setHash = storage.studies.stimuli(studyId) ?? '';
  const { labels: people, imageIds } = storage.responses.table(studyId, setHash);
  const networks = storage.models.ofStudy(studyId).map(({ prediction }) => {
    const bytes = Uint8Array.from(storage.blobs.get(prediction?.labels ?? ''));
    return [...new Uint16Array(bytes.buffer)];
  });
  const counts = { type_a: 0, both_disagree: 0, both_agree: 0, type_c: 0 };
  for (const image of imageIds.keys()) {
    const differ = (rows: (number | null | undefined)[][]): boolean => new Set(rows.map((row) => row[image])).size > 1;
    const [byPeople, byNetworks] = [differ(people), differ(networks)];
    if (byNetworks) counts[byPeople ? 'both_disagree' : 'type_a'] += 1;
    else counts[byPeople ? 'type_c' : 'both_agree'] += 1;
  }
  return counts;
}
