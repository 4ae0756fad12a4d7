import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { allOf } from '../all-of.ts';
import { repository } from '../architecture/tools.ts';
import { dumpStudy, type StudyDump } from '../services/study/study-dump.ts';
import { smallModels, writeSmallStudy } from '../services/study/small-study.ts';
import type { Attack, Step } from './campaign.ts';
import { childrenOf, type Client, Host, refusalCode } from './host.ts';
import { actNames } from './oracle.ts';
import { whileActing } from './while-acting.ts';
import { copyData, jobEnded, verify } from './world.ts';

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

/** Where a resumed study differs from an undisturbed one: metrics, weights, stimuli, predictions, labels, value by value. */
function differingRows(expected: StudyDump, found: StudyDump): string[] {
  return (Object.keys(expected) as (keyof StudyDump)[]).flatMap((part) => {
    const [wanted, got] = [expected[part], found[part]].map((rows) => rows.map((row) => JSON.stringify(row)));
    const at = wanted?.findIndex((row, index) => row !== got?.[index]) ?? -1;
    if (at < 0 && wanted?.length === got?.length) return [];
    return [`${part}: ${got?.length} rows, expected ${wanted?.length}; row ${at} is ${got?.[at]}, not ${wanted?.[at]}`];
  });
}

/** A data folder with a study of two small models that label images between real ones, ready to train. */
async function trainingFolder(step: Step, name: string): Promise<string> {
  const dataFolder = join(step.folder, name);
  const recipe = { architecture: smallModels.mlp, optimiser: { stepSize: 2e-4 }, batch: 32, tolerance: 0.5 };
  const models = [1, 2].map((seed) => ({
    name: `MLP${seed}`,
    group: 'diverse',
    recipe: { ...recipe, targets: [97, 98.5], maxEpochs: 6 },
    seed,
  }));
  const change = { generator: null, reference: null, stimuli: { source: 'blended', alphas: 7 }, models };
  const study = readFileSync(writeSmallStudy(step.folder, change), 'utf8').replaceAll('"set/', `"${step.folder}/set/`);
  const host = new Host(step, { dataFolder, during: 'training' });
  const client = await host.connect();
  await client.machine.configure({ engine: 'wasm', workers: 2 });
  await client.studies.create({ source: { kind: 'text', text: study, file: 'small.json' }, name: null, title: null });
  await host.stop();
  return dataFolder;
}

async function train(host: Host): Promise<string> {
  const client = await host.connect();
  const { job } = await client.work.start({ study: 'small', goal: 'report' });
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
    const dump = dumpStudy(folder);
    const empty = (Object.keys(dump) as (keyof StudyDump)[]).filter((part) => dump[part].length === 0);
    // Such a study has no generator, which draws samples.
    if (String(empty) !== 'samples') throw new Error(`the undisturbed study has no ${empty.join(', ')}`);
    return dump;
  });
  const expected = await undisturbed;
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
  const differing = differingRows(expected, dumpStudy(dataFolder));
  tally.lost.push(...differing.map((each) => `a resumed study differs from an undisturbed one: ${each}`));
  tally.count('resumed studies compared with an undisturbed one');
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
  (client) => client.results.tables({ study: 'sample', labelers: null, section: 'types', groups: [] }),
  async (client) => {
    const { choice } = await client.report.state({ study: 'sample' });
    return client.report.preview({ study: 'sample', choice });
  },
  (client) => client.machine.disk({}),
  async (client, snapshot) => allOf(await client.evaluation.snapshot(snapshot)),
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

const scenarios = [whileActing, whileActing, whileMigrating, whileActing, whileTraining, helpers];

export const kills: Attack = {
  name: 'kills',
  unit: 'kills',
  weight: 3,
  acts: actNames,
  unjudged: [
    'consent and declining, answers after a time limit, names that an import replaces, tables of simulated labelers (no model of them)',
  ],
  obstacle: () => (process.platform === 'linux' ? null : 'reads /proc'),
  step: (step) => (scenarios[step.index % scenarios.length] ?? whileActing)(step),
};
