import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { LocalExecutor } from '../../../main/executors/local-executor.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { openStorage } from '../../../main/storage/open.ts';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import { startSlurm, whyNoSlurm } from './slurm.mjs';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder, writeSmallMnist } from '../../training/small-data.ts';
import { environment } from '../../executors/counting-tasks.ts';
import { RandomEvents, workersOf } from './campaign.ts';
import { type Campaign, campaignRun, outcome } from './campaign-runs.ts';

/**
 * `BOUNDARY_SLURM_CAMPAIGN=<seed>`: 60 runs and 110 events, which takes about a quarter of an hour; without it a short form.
 * `BOUNDARY_SLURM_FOLDER`: keeps everything there, with a list of events.
 */
const { BOUNDARY_SLURM_CAMPAIGN: seed, BOUNDARY_SLURM_FOLDER: kept } = process.env;
const isLong = seed !== undefined;
const size = isLong
  ? {
      runs: 60,
      epochs: 140,
      events: 115,
      pause: 2000,
      clocks: { readEvery: 300, askEvery: 6000, patience: 15_000, settle: 6000 },
    }
  : {
      runs: 6,
      epochs: 30,
      events: 7,
      pause: 1000,
      clocks: { readEvery: 100, askEvery: 1000, patience: 2500, settle: 1000 },
    };

/** After the others, Slurm may leave a node idle for minutes. */
const quickKinds = [
  ...(['kill a worker', 'signal USR1', 'signal TERM', 'requeue a task', 'node down'] as const),
  ...(['restart the controller', 'kill the host'] as const),
];

/** Calls of the scheduler that may be made at once, after a while without. */
const burst = 4;

const why = whyNoSlurm();
if (why !== null) console.warn(`No campaign on a real Slurm: ${why}.`);

const folder = kept ?? temporaryFolder();
let cluster: ReturnType<typeof startSlurm>;
let campaign: Campaign;
let events: RandomEvents | undefined;

beforeAll(() => {
  if (why !== null) return;
  mkdirSync(join(folder, 'slurm'), { recursive: true });
  const seeds = Array.from({ length: size.runs }, (_, k) => k + 1);
  campaign = { small: writeSmallMnist(folder), seeds, epochs: size.epochs, clocks: size.clocks };
  writeFileSync(join(folder, 'campaign.json'), JSON.stringify(campaign));
  cluster = startSlurm(join(folder, 'slurm'));
  process.env.SLURM_CONF = cluster.conf;
});
afterAll(() => {
  if (why !== null) return;
  // Also after a test that ran out of time.
  events?.end();
  for (const pid of workersOf(folder)) process.kill(pid, 'SIGKILL');
  cluster.stop();
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
});

/** What the executor of this machine comes to. */
async function here(): Promise<unknown[]> {
  const storage = openStorage(join(folder, 'local'));
  const ids = campaign.seeds.map(
    (each) => storage.runs.ensure(campaignRun(campaign.small, each, campaign.epochs), Date.now()).id,
  );
  const executor = new LocalExecutor({
    queue: storage.runs,
    launcher: new ForkLauncher(),
    blobs: storage.blobs.folder,
    logs: join(folder, 'logs'),
    workerEntry: join(repository, 'main/training/worker/worker.ts'),
    engines: ['wasm'],
    workers: 2,
    environment,
  });
  executor.start();
  await executor.idle();
  await executor.stop();
  const outcomes = ids.map((id) => outcome(storage, id));
  storage.close();
  return outcomes;
}

test.skipIf(why !== null)(
  'whatever happens to workers, tasks, nodes, Slurm and the host, each run is done once, with the bytes that it has here',
  { timeout: isLong ? 3 * 3600_000 : 300_000 },
  async () => {
    events = new RandomEvents({
      folder,
      cluster,
      seed: Number(seed ?? 1),
      ...size,
      ...(!isLong && { only: quickKinds }),
    });
    // While Slurm has tasks wait.
    const [expected] = await Promise.all([here(), events.run()]);

    const storage = openStorage(join(folder, 'data'));
    const runs = storage.runs.list();
    expect(runs.map(({ state }) => state)).toEqual(campaign.seeds.map(() => 'done'));
    expect(slurmPlacements(storage).list('lab')).toEqual([]);
    for (const [index, { id }] of runs.entries()) {
      const outcomes = storage.runHistory.attempts(id).map((attempt) => attempt.outcome);
      expect(outcomes).not.toContain(null);
      expect(outcomes.filter((each) => each === 'done')).toHaveLength(1);
      expect(outcome(storage, id), `run ${id}`).toEqual(expected[index]);
    }
    const attempts = runs.reduce((sum, { attempts }) => sum + attempts, 0);
    storage.close();

    const [first, last] = [at(events.hosts, 0), at(events.hosts, events.hosts.length - 1)];
    const seconds = (last.to - first.from) / 1000;
    const calls = events.calls();
    expect(calls.length).toBeLessThanOrEqual((seconds * 1000) / size.clocks.askEvery + burst);
    if (isLong) expect(events.total).toBeGreaterThanOrEqual(100);

    // While the last host removed a pack, a worker that was given up may have written into it; the next host finds it.
    const left = (): string[] =>
      ['packs', 'data'].flatMap(
        (part) => readdirSync(join(folder, 'shared/host-1', part), { recursive: true }) as string[],
      );
    await expect
      .poll(async () => {
        if (left().length > 0) await events?.startAgain();
        return left();
      })
      .toEqual([]);
    const counts = JSON.stringify(Object.fromEntries(events.counts));
    console.log(
      `${events.total} events (${counts}), ${attempts} attempts at ${runs.length} runs, ${seconds.toFixed(0)} s of ${events.hosts.length} hosts, ${calls.length} calls of the scheduler`,
    );
  },
);
