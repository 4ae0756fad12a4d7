import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { clusterSchema } from '../../../main/contract/cluster.ts';
import { classifierRecipeSchema } from '../../../main/contract/recipes.ts';
import type { Task } from '../../../main/contract/run.ts';
import { runKey } from '../../../main/domain/identity.ts';
import { slurm } from '../../../main/executors/slurm/commands.ts';
import { SlurmExecutor } from '../../../main/executors/slurm/slurm-executor.ts';
import { openStorage } from '../../../main/storage/index.ts';
import { startSlurm, whyNoSlurm } from '../../../scripts/slurm.mjs';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder, writeSmallMnist } from '../../training/small-data.ts';
import { queueOf } from './cluster-setup.ts';

const why = whyNoSlurm();
if (why !== null) console.warn(`No tests with a real Slurm: ${why}.`);

const folder = temporaryFolder();
let cluster: ReturnType<typeof startSlurm>;
let small: ReturnType<typeof writeSmallMnist>;

beforeAll(() => {
  if (why !== null) return;
  small = writeSmallMnist(folder);
  mkdirSync(join(folder, 'slurm'));
  mkdirSync(join(folder, 'shared'));
  cluster = startSlurm(join(folder, 'slurm'));
  process.env.SLURM_CONF = cluster.conf;
});
afterAll(() => cluster?.stop());

const classifier = (seed: number): Task => ({
  kind: 'classifier',
  ...small,
  seed,
  recipe: classifierRecipeSchema.parse({
    architecture: { kind: 'mlp', hidden: [32] },
    batch: 32,
    optimiser: { stepSize: 2e-3 },
    targets: [80, 84],
    maxEpochs: 4,
  }),
});

test.skipIf(why !== null)('runs of a study are done on a real cluster', async () => {
  const storage = openStorage(join(folder, 'data'));
  const profile = clusterSchema.parse({
    schema: 'boundary-workbench/cluster/1',
    name: 'here',
    folder: { here: join(folder, 'shared') },
    product: repository,
    node: process.execPath,
    engine: 'wasm',
    memory: 1000,
    minutes: 10,
  });
  const executor = new SlurmExecutor({
    ...{ cluster: profile, queue: queueOf(storage, 'here'), scheduler: slurm(profile), blobs: storage.blobs },
    ...{ host: 'host-1', name: 'boundary', readEvery: 200, gather: 10, askEvery: 2000, patience: 5000 },
    onTrouble: (_, trouble) => trouble !== null && console.log('trouble', trouble),
  });
  onTestFinished(async () => {
    await executor.stop();
    storage.close();
  });
  const ids = [1, 2, 3].map((seed) => {
    const task = classifier(seed);
    const { id } = storage.runs.ensure(
      {
        key: runKey(task, 'wasm'),
        kind: 'classifier',
        label: `MLP, seed ${seed}`,
        task,
        seed,
        priority: 0,
        engine: 'wasm',
      },
      Date.now(),
    );
    storage.placements.placeRuns([id], 'here');
    return id;
  });
  executor.start();
  await executor.idle();
  expect(ids.map((id) => storage.runs.state(id))).toEqual(['done', 'done', 'done']);
});
