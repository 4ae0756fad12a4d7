import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { clusterSchema } from '../../../main/contributions/slurm/profile/cluster.ts';
import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import type { Task } from '../../../main/contract/runs/run.ts';
import { runKey } from '../../../main/domain/plans/identity.ts';
import { slurm } from '../../../main/contributions/slurm/executor/commands.ts';
import { runEnvironment } from '../../../main/files/environment.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { checkCluster } from '../../../main/contributions/slurm/check/check.ts';
import { openStorage } from '../../../main/storage/open.ts';
import { startSlurm, whyNoSlurm } from './slurm.mjs';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder, writeSmallMnist } from '../../training/small-data.ts';
import { workersOf } from './campaign.ts';
import { queueOf, WholeCluster } from './cluster-setup.ts';

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

const secret = 'a-secret-of-this-computer';

/** What an administrator sees of a task at work: its process, its environment, its job, and all that is shared. */
function whatOthersSee(of: string): string {
  const [pid = 0] = workersOf(of);
  const shared = join(of, 'shared');
  const files = readdirSync(shared, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return [
    ...['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8')),
    execFileSync('scontrol', ['--details', 'show', 'jobs'], { encoding: 'utf8' }),
    ...files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')),
  ].join('\n');
}

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
  const executor = new WholeCluster({
    cluster: profile,
    queue: queueOf(storage, 'here'),
    scheduler: slurm(profile),
    blobs: storage.blobs,
    host: 'host-1',
    name: 'boundary',
    readEvery: 200,
    gather: 10,
    askEvery: 2000,
    patience: 5000,
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
  process.env.BOUNDARY_TEST_TOKEN = secret;
  executor.start();
  const seen = await vi.waitFor(() => whatOthersSee(folder), { timeout: 60_000, interval: 20 });
  await executor.idle();
  expect(seen).toContain('pack.ts');
  expect(seen).not.toContain(secret);
  expect(ids.map((id) => storage.runs.state(id))).toEqual(['done', 'done', 'done']);
});

const isCampaign = process.env.BOUNDARY_SLURM_CAMPAIGN !== undefined;

test.skipIf(why !== null || !isCampaign)(
  'a check of a real cluster finds nothing wrong, and removes its folder',
  async () => {
    const shared = join(folder, 'checked');
    mkdirSync(shared);
    const cluster = clusterSchema.parse({
      schema: 'boundary-workbench/cluster/1',
      name: 'here',
      folder: { here: shared },
      product: repository,
      node: process.execPath,
      engine: 'wasm',
      memory: 1000,
      partition: 'main',
    });
    const workbench = { environment: runEnvironment(repository), now: Date.now };
    const launcher = new ForkLauncher();
    const { findings, state, node } = await checkCluster(workbench, cluster, { launcher, askEvery: 1000 });
    expect(findings.filter((finding) => finding.state !== 'ok')).toEqual([]);
    expect({ state, name: node?.name }).toEqual({ state: 'ok', name: expect.stringMatching(/^n[12]$/) });
    expect(readdirSync(shared)).toEqual([]);
    const wrong = await checkCluster(workbench, { ...cluster, memory: 90_000, partition: 'gpu' }, { launcher });
    expect(wrong.findings.filter((finding) => finding.state === 'fault').map(({ about }) => about)).toEqual([
      ...['partition', 'job'],
    ]);
  },
);
