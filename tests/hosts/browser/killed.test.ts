import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { RunDetails, RunRow } from '../../../main/contract/api/runs.ts';
import type { MachineOptions } from '../../../main/contract/runs/machine-options.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { openStorage } from '../../../main/storage/open.ts';
import { type CalledHost, callHost } from '../../services/labeling/host-client.ts';
import { addSmallStudy, openLab } from '../../services/lab/lab-helper.ts';
import { smallModels } from '../../services/study/small-study.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** Kills in the suite; BOUNDARY_KILLS=30 for what issue 34 asks. */
const kills = Number(process.env.BOUNDARY_KILLS ?? 2);
const seed = Number(process.env.BOUNDARY_SEED ?? 34);

const study = 'small';
const resume = 'Resume 2 interrupted trainings';

/** A data folder with a study of two networks that learn too slowly to end. */
async function folderToTrain(settings: Partial<MachineOptions> = {}): Promise<string> {
  const dataFolder = join(temporaryFolder(), 'data');
  const lab = openLab(dataFolder);
  const recipe = { architecture: smallModels.mlp, optimiser: { stepSize: 1e-9 }, batch: 32, targets: [99.5] };
  addSmallStudy(lab, {
    models: ['Long1', 'Long2'].map((name, index) => {
      return { name, group: 'diverse', recipe: { ...recipe, tolerance: 0.5, maxEpochs: 10_000 }, seed: index + 1 };
    }),
  });
  lab.lab.settings.set(settings);
  await lab.lab.close();
  return dataFolder;
}

/** The real host in a process of its own, killed when the test is over. */
async function start(dataFolder: string): Promise<CalledHost> {
  const host = await callHost(dataFolder);
  onTestFinished(() => kill(host));
  return host;
}

async function kill(host: CalledHost): Promise<void> {
  host.process.kill('SIGKILL');
  host.close();
  await host.ended;
}

const trainings = async ({ client }: CalledHost): Promise<RunRow[]> => (await client.runs.table({ study })).rows;

/** Starts the trainings, and waits until all of them have made steps since. Rejects if the host is killed meanwhile. */
async function train(host: CalledHost): Promise<void> {
  const before = await trainings(host);
  const stepsOf = (id: number): number => before.find((row) => row.id === id)?.progress?.done ?? 0;
  await host.client.work.start({ study, goal: 'models' });
  for (;;) {
    const rows = await trainings(host);
    const at = rows.filter(({ id, state, progress }) => state === 'running' && (progress?.done ?? 0) > stepsOf(id));
    if (at.length === 2) return;
    await wait(50);
  }
}

async function details(host: CalledHost): Promise<RunDetails[]> {
  const rows = await trainings(host);
  return Promise.all(rows.map(({ id }) => host.client.runs.get({ id })));
}

test('trainings of a killed host are stopped at the next start, with their time, and resume from checkpoints', async () => {
  const dataFolder = await folderToTrain();
  const first = await start(dataFolder);
  await train(first);
  await first.client.work.pauseAll({});
  const states = async (host: CalledHost) => (await trainings(host)).map(({ state }) => state);
  await expect.poll(() => states(first)).toEqual(['held', 'held']);
  const steps = (await details(first)).map(({ checkpoints }) => checkpoints.at(-1)?.step ?? 0);
  expect(Math.min(...steps)).toBeGreaterThan(0);
  await first.client.work.resumeAll({});
  await expect
    .poll(async () =>
      (await trainings(first)).map(({ progress }, index) => (progress?.done ?? 0) > (steps[index] ?? 0)),
    )
    .toEqual([true, true]);
  await kill(first);
  const killedAt = Date.now();

  const second = await start(dataFolder);
  expect(await states(second)).toEqual(['interrupted', 'interrupted']);
  const { study: shown, steps: parts, next } = await second.client.overview.get({ study });
  const models = parts.find(({ step }) => step === 'models');
  expect([shown.state, models?.state]).toEqual(['stopped', 'stopped']);
  expect([next?.label, models?.action?.label]).toEqual([resume, resume]);
  const found = await details(second);
  for (const { row, attempts } of found) {
    expect(attempts.at(-1)).toMatchObject({ outcome: 'lost', note: 'the program ended while it ran' });
    expect(attempts.at(-1)?.endedAt).toBeLessThanOrEqual(killedAt);
    const worked = attempts.map(({ claimedAt, endedAt }) => (endedAt ?? Number.NaN) - claimedAt);
    expect(row.activeTime).toBe(worked.reduce((sum, ms) => sum + ms, 0));
  }
  expect((await trainings(second)).map(({ activeTime }) => activeTime)).toEqual(found.map(({ row }) => row.activeTime));

  await train(second);
  expect((await details(second)).map(({ attempts }) => attempts.at(-1)?.resumedAt)).toEqual(steps);
});

test('trainings that work overnight only go on by themselves after a kill, until somebody stops them', async () => {
  const hour = new Date().getHours();
  const dataFolder = await folderToTrain({ overnight: { from: hour, to: (hour + 23) % 24 } });
  const first = await start(dataFolder);
  await train(first);
  await kill(first);

  const second = await start(dataFolder);
  await expect.poll(async () => (await trainings(second)).map(({ state }) => state)).toEqual(['running', 'running']);
  const { notices } = await second.client.app.info({});
  expect(notices).toContain('1 job that the last end of the program cut off began again.');
  await second.client.work.stop({ study });
  await expect
    .poll(async () => (await trainings(second)).map(({ state }) => state))
    .toEqual(['interrupted', 'interrupted']);
  await kill(second);

  const third = await start(dataFolder);
  expect(await third.client.jobs.list({})).toEqual([]);
});

test(`killed at ${kills} random moments: no training is shown as running before somebody starts it`, {
  timeout: 180_000 + kills * 60_000,
}, async () => {
  const dataFolder = await folderToTrain();
  const random = randomStream(seed, 'killed-hosts');
  for (let round = 0; round < kills; round++) {
    const host = await start(dataFolder);
    const before = await details(host);
    expect(before.map(({ row }) => row.state)).not.toContain('running');
    for (const { attempts } of before) expect(attempts.map(({ endedAt }) => endedAt)).not.toContain(null);
    const training = train(host).catch(() => 'killed');
    // Half of them while it starts, half while it trains.
    if (random.int(2) === 0) await training;
    await wait(random.int(1500));
    await kill(host);
    await training;
  }
  // One host more shows what the last kill left, and resumes.
  const host = await start(dataFolder);
  expect((await trainings(host)).map(({ state }) => state)).not.toContain('running');
  await train(host);
  await kill(host);
});

test('who only reads, or is refused, beside a host that trains leaves its trainings running', async () => {
  const dataFolder = await folderToTrain();
  const host = await start(dataFolder);
  await train(host);
  for (const access of [{ readOnly: true }, { beside: true }]) openStorage(dataFolder, access).close();
  expect((await trainings(host)).map(({ state }) => state)).toEqual(['running', 'running']);
  expect(() => openStorage(dataFolder)).toThrow(expect.objectContaining({ code: 'storage.in-use' }));
  expect((await trainings(host)).map(({ state }) => state)).toEqual(['running', 'running']);
});
