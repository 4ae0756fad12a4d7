import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { allOf } from '../all-of.ts';
import { repository } from '../architecture/tools.ts';
import { studyName } from '../services/labeling/labeling-helper.ts';
import { dumpStudy, type StudyDump } from '../services/study/study-dump.ts';
import { smallModels, writeSmallStudy } from '../services/study/small-study.ts';
import type { Attack, Step } from './campaign.ts';
import { childrenOf, type Client, Host, refusalCode } from './host.ts';
import { acknowledgedBy, copyData, jobEnded, type Labeler, labelersOf, verify } from './world.ts';

/** What else the host does while people label and it is killed. */
const activities = [
  'nothing',
  'import',
  'export',
  'withdraw',
  'back-up',
  'new sessions',
  'exclude',
  'second host',
] as const;
type Activity = (typeof activities)[number];

/** The host dies while people label and something else goes on. */
async function whileLabeling(step: Step): Promise<void> {
  const { random, tally, short } = step;
  const dataFolder = copyData(step, step.template.data);
  const labelers = labelersOf(step, 1 + random.int(3));
  const rounds = short ? 2 : 2 + random.int(4);
  for (let round = 0; round < rounds; round++) {
    const activity = activities[random.int(activities.length)] ?? 'nothing';
    const host = new Host(step, { dataFolder, during: `labeling, ${activity}` });
    await openAll(host, labelers, step);
    const before = acknowledgedBy(labelers);
    const labeling = labelAll(host, labelers);
    const other = act(step, host, activity).catch((error: unknown) => error);
    if (activity === 'second host') await refuseSecond(step, host);
    await wait(random.int(random.int(2) === 0 ? 60 : 600));
    while (acknowledgedBy(labelers) < before + 3 && host.process.exitCode === null) await wait(2);
    tally.faults.push(...host.defects);
    await host.kill();
    tally.count('kills');
    tally.count(`host, labeling and ${activity}`);
    // The answers of calls that nobody will give any more are not waited for.
    await Promise.race([Promise.all([labeling, other]), wait(50)]);
  }
  await expectAll(step, dataFolder, labelers);
}

async function openAll(host: Host, labelers: readonly Labeler[], { tally }: Step): Promise<void> {
  const client = await host.connect();
  for (const labeler of labelers) {
    const wrong = await labeler.open(client);
    tally.lost.push(...wrong.map((each) => `after a restart: ${each}`));
  }
}

/** Each labels over a connection of their own until the host is gone, which may be before the connection is there. */
const labelAll = (host: Host, labelers: readonly Labeler[]): Promise<unknown> =>
  Promise.all(
    labelers.map(async (labeler) => {
      const client = await host.connect().catch(() => null);
      if (client) await labeler.label(client, () => host.process.exitCode !== null);
    }),
  );

async function act(step: Step, host: Host, activity: Activity): Promise<void> {
  const client = await host.connect();
  if (activity === 'import') {
    const path = join(repository, 'resources', 'samples', 'sample-study.zip');
    const upload = await host.upload('sample.zip', readFileSync(path));
    await client.studies.startImport({ upload });
  } else if (activity === 'export') await client.studies.startExport({ study: studyName, weights: true });
  else if (activity === 'withdraw') {
    const session = step.template.finished[step.random.int(2)];
    if (session) await client.labeling.sessions.withdraw({ session: session.id });
  } else if (activity === 'back-up') await client.machine.backUp({});
  else if (activity === 'new sessions') {
    await client.labeling.sessions.create({ study: studyName, count: 30, medium: 'screen' });
  } else if (activity === 'exclude') {
    const session = step.template.finished[0];
    if (session) await client.labeling.sessions.exclude({ session: session.id, reason: 'tried by the soak' });
  }
}

/** A second host in the folder is refused, while the first one works. */
async function refuseSecond(step: Step, { dataFolder }: Host): Promise<void> {
  const second = new Host(step, { dataFolder, during: 'second host' });
  const end = await second.ended;
  if (end !== 2) step.tally.faults.push(`a second host in the folder ended with ${end}: ${second.errors}`);
}

/** Opens the folder once more with the program, and compares views and rows with what was acknowledged. */
async function expectAll(step: Step, dataFolder: string, labelers: readonly Labeler[]): Promise<void> {
  const host = new Host(step, { dataFolder, during: 'after kills' });
  await openAll(host, labelers, step);
  const client = await host.connect();
  expectImport(await client.studies.list({}), step);
  const end = await host.stop();
  if (end !== 0) step.tally.faults.push(`Ctrl-C ended the host with ${end}: ${host.errors}`);
  step.tally.faults.push(...host.defects);
  verify(dataFolder, labelers, step.tally);
}

/** An import that was killed is there completely or not at all. */
function expectImport({ studies }: Awaited<ReturnType<Client['studies']['list']>>, { tally }: Step): void {
  const sample = studies.find(({ name }) => name === 'sample');
  if (sample && (sample.stimuli === null || sample.labelers.count === 0))
    tally.faults.push(`half an import is shown: ${JSON.stringify(sample)}`);
}

const kept = join(repository, 'tests', 'kept', '0.1.0', 'data');

function labelsIn(folder: string): string {
  const database = new BetterSqlite3(join(folder, 'workbench.sqlite'));
  try {
    const read = (sql: string): unknown[] => database.prepare(sql).all();
    return JSON.stringify([
      read('SELECT set_hash, image_id, labeler_id, label, at FROM response ORDER BY id'),
      read('SELECT session_id, sitting_id, seq, trial, kind, choice FROM labeling_event ORDER BY id'),
      read('SELECT id, pseudonym, simulated FROM labeler ORDER BY id'),
    ]);
  } finally {
    database.close();
  }
}

/** The first start with a data folder of an earlier version dies, several times, until one is left alone. */
async function whileMigrating(step: Step): Promise<void> {
  const { random, tally, short } = step;
  const dataFolder = join(step.folder, 'old');
  cpSync(kept, dataFolder, { recursive: true });
  const expected = labelsIn(dataFolder);
  for (let round = short ? 1 : 2 + random.int(3); round > 0; round--) {
    const host = new Host(step, { dataFolder, during: 'migration' });
    while (!existsSync(join(dataFolder, 'writer.json')) && host.process.exitCode === null) await wait(1);
    await wait(random.int(80));
    await host.kill();
    tally.count('kills');
    tally.count('host, migrating');
  }
  const host = new Host(step, { dataFolder, during: 'migration' });
  await host.keys();
  await host.stop();
  if (labelsIn(dataFolder) !== expected) tally.lost.push('labels of the earlier version differ after the migration');
  verify(dataFolder, [], tally);
}

let undisturbed: Promise<StudyDump> | undefined;

const trainedRows = ({ runs, metrics, snapshots }: StudyDump): string =>
  JSON.stringify([runs, metrics.length, snapshots]);

/** A data folder with a study of two small models, ready to train. */
async function trainingFolder(step: Step, name: string): Promise<string> {
  const dataFolder = join(step.folder, name);
  const recipe = { architecture: smallModels.mlp, optimiser: { stepSize: 2e-4 }, batch: 32, tolerance: 0.5 };
  const models = [1, 2].map((seed) => ({
    ...{ name: `MLP${seed}`, group: 'diverse', recipe: { ...recipe, targets: [97, 98.5], maxEpochs: 6 }, seed },
  }));
  const study = readFileSync(writeSmallStudy(step.folder, { models }), 'utf8').replaceAll(
    '"set/',
    `"${step.folder}/set/`,
  );
  const host = new Host(step, { dataFolder, during: 'training' });
  const client = await host.connect();
  await client.machine.configure({ engine: 'wasm', workers: 2 });
  await client.studies.create({ source: { kind: 'text', text: study, file: 'small.json' }, name: null, title: null });
  await host.stop();
  return dataFolder;
}

async function train(host: Host): Promise<string> {
  const client = await host.connect();
  const { job } = await client.work.start({ study: 'small', goal: 'models' });
  const { state, messages } = await jobEnded(client, job);
  return state === 'done' ? 'done' : `${state}: ${messages.join(' ')}`;
}

/** Host and workers die while models train; the study is resumed to its end and compared with an undisturbed one. */
async function whileTraining(step: Step): Promise<void> {
  const { random, tally, short } = step;
  undisturbed ??= trainingFolder(step, 'undisturbed').then(async (folder) => {
    const host = new Host(step, { dataFolder: folder, during: 'training' });
    const end = await train(host);
    if (end !== 'done') throw new Error(`the undisturbed study did not end: ${end}`);
    await host.stop();
    return dumpStudy(folder);
  });
  const expected = trainedRows(await undisturbed);
  const dataFolder = await trainingFolder(step, 'data');
  for (let round = short ? 1 : 2 + random.int(3); round > 0; round--) {
    const host = new Host(step, { dataFolder, during: 'training' });
    const training = train(host).catch(() => 'killed');
    await workerOf(host);
    await wait(random.int(1200));
    const worker = random.int(2) === 0 ? await workerOf(host) : undefined;
    if (worker !== undefined && isKilled(worker)) {
      tally.count('kills');
      tally.count('worker, training');
      await wait(random.int(300));
    }
    await host.kill();
    tally.count('kills');
    tally.count('host, training');
    await Promise.race([training, wait(50)]);
  }
  const host = new Host(step, { dataFolder, during: 'training' });
  const end = await train(host);
  if (end !== 'done') tally.faults.push(`the resumed study did not end: ${end}`);
  await host.stop();
  tally.faults.push(...host.defects);
  if (trainedRows(dumpStudy(dataFolder)) !== expected) tally.lost.push('resumed runs differ from undisturbed ones');
  verify(dataFolder, [], tally);
}

async function workerOf(host: Host): Promise<number | undefined> {
  for (let tries = 0; tries < 1000 && host.process.exitCode === null; tries++) {
    const worker = childrenOf(host.process.pid).find(({ entry }) => entry.includes('training/worker'));
    if (worker) return worker.pid;
    await wait(10);
  }
  return undefined;
}

function isKilled(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** Calls that a child process of the host answers. */
const asked: readonly ((client: Client, snapshot: { id: number; target: number }) => Promise<unknown>)[] = [
  (client) => client.results.overview({ study: 'sample' }),
  (client) => client.results.tables({ study: 'sample', labelers: null }),
  async (client) => {
    const { choice } = await client.report.state({ study: 'sample' });
    return client.report.preview({ study: 'sample', choice });
  },
  (client) => client.machine.disk({}),
  async (client, snapshot) => allOf(await client.runs.evaluate(snapshot)),
];

function firstSnapshot(dataFolder: string): { id: number; target: number } {
  const database = new BetterSqlite3(join(dataFolder, 'workbench.sqlite'), { readonly: true });
  try {
    const row = database.prepare('SELECT run_id AS id, target FROM snapshot ORDER BY run_id, target').get();
    return row as { id: number; target: number };
  } finally {
    database.close();
  }
}

/** Processes that answer calls die: the call is refused in words or answered anew, and the next one is answered. */
async function helpers(step: Step): Promise<void> {
  const { random, tally, short } = step;
  const dataFolder = copyData(step, await step.template.sample());
  const host = new Host(step, { dataFolder, during: 'results, helpers killed' });
  const client = await host.connect();
  const snapshot = firstSnapshot(dataFolder);
  for (let round = short ? 1 : 3 + random.int(4); round > 0; round--) {
    const which = random.int(asked.length);
    const ask = async (): Promise<unknown> => asked[which]?.(client, snapshot);
    const answer = ask().then(
      () => 'answered',
      (error: unknown) => refusalCode(error) ?? `failed: ${String(error)}`,
    );
    await wait(random.int(250));
    const child = childrenOf(host.process.pid)[0];
    if (child && isKilled(child.pid)) {
      tally.count('kills');
      tally.count(`process of ${child.entry.replace(/^.*main\//, '')}`);
    }
    const said = await answer;
    if (said.startsWith('failed')) tally.faults.push(`call ${which}, its process killed: ${said}`);
    const again = await ask().then(
      () => null,
      (error: unknown) => refusalCode(error) ?? String(error),
    );
    if (again !== null && again !== said) tally.faults.push(`call ${which}, asked again after a kill: ${again}`);
  }
  tally.faults.push(...host.defects);
  await host.stop();
}

const scenarios = [whileLabeling, whileLabeling, whileMigrating, whileLabeling, whileTraining, helpers];

export const kills: Attack = {
  name: 'kills',
  unit: 'kills',
  weight: 3,
  obstacle: () => (process.platform === 'linux' ? null : 'reads /proc'),
  step: (step) => (scenarios[step.index % scenarios.length] ?? whileLabeling)(step),
};
