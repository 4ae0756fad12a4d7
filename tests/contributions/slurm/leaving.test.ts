import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { addSmallStudy, jobEnded, openLab } from '../../services/lab/lab-helper.ts';
import { smallModels } from '../../services/study/small-study.ts';

const patient = { timeout: 60_000, interval: 100 };

test('a cluster works on while the program is closed, the next start catches up, and Stop brings runs back', async () => {
  const folder = temporaryFolder();
  for (const name of ['shared', 'slurm']) mkdirSync(join(folder, name));
  const workers = () =>
    existsSync(join(folder, 'slurm/1.json'))
      ? (JSON.parse(readFileSync(join(folder, 'slurm/1.json'), 'utf8')) as number[])
      : [];
  const isAlive = (id: number): boolean => existsSync(`/proc/${id}`);
  onTestFinished(() => {
    for (const id of workers()) if (isAlive(id)) process.kill(id, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const first = openLab(join(folder, 'data'));
  const profile = {
    schema: 'boundary-workbench/cluster/1',
    name: 'lab',
    folder: { here: join(folder, 'shared') },
    reach: [process.execPath, fileURLToPath(new URL('slurm-commands.ts', import.meta.url)), join(folder, 'slurm')],
    product: repository,
    engine: 'wasm',
  };
  await first.client.slurm.save({ text: JSON.stringify(profile), replaces: null });
  const recipe = {
    architecture: smallModels.mlp,
    optimiser: { stepSize: 1e-9 },
    batch: 32,
    targets: [99],
    maxEpochs: 5000,
  };
  const models = [1, 2].map((seed) => ({ name: `MLP${seed}`, group: 'diverse', recipe, seed }));
  const study = addSmallStudy(first, { models, engine: 'wasm' });
  await first.client.clusters.placeStudy({ study, place: 'lab' });
  await first.client.work.start({ study, goal: 'models' });
  const rows = async ({ client }: typeof first) => (await client.runs.table({ study })).rows;
  const progress = (of: Awaited<ReturnType<typeof rows>>) => of.map((row) => row.progress?.done ?? 0);
  const some = expect.toSatisfy((done: number) => done > 0, 'trained');
  await vi.waitFor(async () => expect(progress(await rows(first))).toEqual([some, some]), patient);
  const before = progress(await rows(first));
  await first.lab.close();
  expect(workers().filter(isAlive)).toHaveLength(2);

  const second = openLab(join(folder, 'data'));
  await vi.waitFor(async () => {
    const now = progress(await rows(second));
    expect(now.every((done, index) => done > at(before, index))).toBe(true);
  }, patient);
  expect(second.lab.jobs.list()).toEqual([]);
  const { job } = await second.client.work.start({ study, goal: 'models' });
  await vi.waitFor(() => expect(second.lab.work.isWorkingOn(study)).toBe(true), patient);
  await second.client.work.stop({ study });
  expect((await jobEnded(second, job)).state).toBe('stopped');
  const { storage } = second.lab.workbench;
  const { runHistory } = storage;
  await vi.waitFor(() => expect(slurmPlacements(storage).list('lab')).toEqual([]), patient);
  const stopped = await rows(second);
  expect(stopped.map(({ state }) => state)).toEqual(['interrupted', 'interrupted']);
  expect(stopped.map(({ id }) => runHistory.checkpoints(id).length)).toEqual([1, 1]);
  await vi.waitFor(() => expect(workers().filter(isAlive)).toEqual([]), patient);
  expect([...first.defects, ...second.defects]).toEqual([]);
});
