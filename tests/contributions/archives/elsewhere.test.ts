import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { importArchive } from '../../../main/contributions/archives/import-archive.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { addSmallStudy, jobEnded, openLab, type TestLab } from '../../services/lab/lab-helper.ts';
import { smallModels, smallStudy } from '../../services/study/small-study.ts';
import { putOnCluster } from '../../storage/records.ts';
import { dumpStudy } from '../../services/study/study-dump.ts';

/** A training that goes on after its target, and two short ones; the generator is as short as can be. */
function models() {
  const { generator, models: all } = smallStudy() as { generator: { recipe: object }; models: { recipe: object }[] };
  const recipe = { ...all[0]?.recipe, architecture: smallModels.mlp };
  const long = { ...recipe, targets: [50, 'epochs 150'], tolerance: 0.05, maxEpochs: 150 };
  return {
    generator: { ...generator, recipe: { ...generator.recipe, steps: 20, sampleEvery: 20 } },
    models: [
      { name: 'Long', group: 'diverse', recipe: long, seed: 1 },
      { name: 'Short', group: 'diverse', recipe, seed: 2 },
      { name: 'Away', group: 'diverse', recipe, seed: 3 },
    ],
  };
}

const train = async (opened: TestLab, study: string) =>
  jobEnded(opened, (await opened.client.work.start({ study, goal: 'models' })).job);

/** What counts of trainings: their states, results and bytes. */
function trained({ dataFolder }: TestLab, seed: number | null = null) {
  const { runs, metrics, snapshots } = dumpStudy(dataFolder) as Record<string, { key: string; seed?: number }[]>;
  const chosen = runs?.filter((run) => seed === null || run.seed === seed) ?? [];
  const keys = new Set(chosen.map(({ key }) => key));
  const of = (rows: { key: string }[] | undefined) => rows?.filter(({ key }) => keys.has(key));
  return { runs: chosen, metrics: of(metrics), snapshots: of(snapshots) };
}

test('an unfinished study goes on elsewhere from its checkpoints, with the same bytes, and completes the one it left', async () => {
  const home = openLab();
  const study = addSmallStudy(home, models());
  const { storage } = home.lab.workbench;
  const runOf = (name: string): number => {
    const { id } = storage.studies.byName(study) ?? { id: 0 };
    return storage.studyRuns.list(id).find(({ role }) => role === `models/${name}`)?.runId ?? 0;
  };
  const { job } = await home.client.work.start({ study, goal: 'models' });
  // Past the first steps, to which the search for the target goes back.
  const steps = (): number => storage.runs.get(runOf('Long'))?.progress?.done ?? 0;
  await expect.poll(steps, { timeout: 90_000, interval: 25 }).toBeGreaterThan(200);
  await home.client.work.stop({ study });
  expect((await jobEnded(home, job)).state).toBe('stopped');
  expect(storage.runs.state(runOf('Long'))).toBe('interrupted');
  expect(storage.runHistory.checkpoints(runOf('Long')).length).toBeGreaterThan(0);
  // One is on a cluster, which the archive says nothing about: it is queued elsewhere.
  if (storage.runs.state(runOf('Away')) === 'done') storage.runs.redo(runOf('Away'), 1);
  const studyId = storage.studies.byName(study)?.id ?? 0;
  storage.placements.placeStudy(studyId, 'lab');
  putOnCluster(storage, runOf('Away'), 'lab');

  const [out, back] = ['out.zip', 'back.zip'].map((name) => join(temporaryFolder(), name)) as [string, string];
  await exportArchive(home.lab.workbench, { study, path: out, weights: true });
  const away = openLab();
  await importArchive(away.lab.workbench, out);
  const imported = away.lab.workbench.storage;
  expect(imported.runs.list().filter(({ id }) => imported.placements.has(id))).toEqual([]);
  expect((await train(away, study)).state).toBe('done');
  const elsewhere = away.lab.workbench.storage;
  const attempts = elsewhere.runs
    .list({ kinds: ['classifier'] })
    .flatMap(({ id }) => elsewhere.runHistory.attempts(id));
  expect(attempts.filter(({ resumedAt }) => (resumedAt ?? 0) > 0).length).toBeGreaterThan(0);

  const calm = openLab();
  addSmallStudy(calm, models());
  await train(calm, study);
  expect(trained(away)).toEqual(trained(calm));

  await exportArchive(away.lab.workbench, { study, path: back, weights: true });
  const { name, completed } = await importArchive(home.lab.workbench, back);
  expect(name).toBe('small 2');
  expect(completed).toContain(runOf('Long'));
  for (const seed of [1, 2, 50]) expect(trained(home, seed)).toEqual(trained(calm, seed));
  // What is on the cluster still comes from there.
  const there = storage.runs.list().filter(({ id }) => storage.placements.has(id));
  expect(there.map(({ label }) => label)).toEqual([expect.stringContaining('Away')]);
  expect(home.defects).toEqual([]);
}, 300_000);
