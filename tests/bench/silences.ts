/**
 * How long the host is silent while somebody labels: 300 sessions x 5,000 images that are looked at, exported, imported,
 * withdrawn and deleted, 1,000 trainings that start, and the start after a withdrawal that was cut off. This process is the
 * browser host; a volunteer and a researcher are processes of their own, over real connections. Time in which this process
 * waited for a processor is subtracted.
 *
 *   npm run bench -- silences [--json FILE], or by itself with other sizes: silences.ts 30 500 100
 *
 * By itself it also takes
 *   --folder FOLDER   where the data folder is made, e.g. in memory. Default: the folder for temporary files
 *   --filled FOLDER   copies the filled data folder in there, and fills it first where it is missing, for runs in pairs
 *   --only A,B        these actions. Exports and imports of one run belong together
 *   --weights MIB     size of the file of weights that is added. Default: 3072
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startWorkbench } from '../../main/hosts/browser/start.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { describeDataSet } from '../../main/services/declaration/describe-data-set.ts';
import { Lab } from '../../main/services/lab/lab.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { openStorage } from '../../main/storage/open.ts';
import { makeSessions } from '../contributions/desk/make-sessions.ts';
import { addStimuli, plan } from '../services/labeling/labeling-helper.ts';
import { openScheduler } from '../soak/scheduler.mjs';
import { answerAll } from './labeled-study.ts';
import { percentile } from './statistics.ts';
import { trainingStudy } from './training-study.ts';
import { callsOf } from '../calls.ts';

/** Milliseconds between two looks at the event loop. */
const resolution = 5;
/** Milliseconds that the volunteer labels before and after each action, so that short ones have enough answers too. */
const margin = 1000;
/** Milliseconds that a start has for what it leaves for later. */
const patience = 5 * 60_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
    filled: { type: 'string' },
    only: { type: 'string' },
    weights: { type: 'string', default: '3072' },
  },
});
const [people = 300, stimuli = 5000, trainings = 1000] = positionals.map(Number);

const waitedNs = openScheduler();

/** Looks at the event loop every 5 ms: how late it is by itself, and how much of that this thread computed. */
class Watch {
  #late: number[] = [];
  #computed: number[] = [];
  #cpu = threadMs();
  #waited = waitedNs();
  #due = performance.now() + resolution;
  readonly #timer = setInterval(() => this.#look(), resolution);

  #look(): void {
    const [now, cpu, waited] = [performance.now(), threadMs(), waitedNs()];
    this.#late.push(Math.max(0, now - this.#due - (waited - this.#waited) / 1e6));
    this.#computed.push(cpu - this.#cpu);
    [this.#cpu, this.#waited] = [cpu, waited];
    this.#due = now + resolution;
  }

  end(): { late: number[]; computed: number[] } {
    clearInterval(this.#timer);
    return { late: this.#late, computed: this.#computed };
  }
}

/** Processor time of the event loop's thread; other processes hardly change it. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function fill(dataFolder: string): Promise<string> {
  const workbench = openWorkbench({ root, resources: join(root, 'resources'), dataFolder });
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  const client = callsOf({ lab, log: console.error });
  workbench.storage.dataSets.put(describeDataSet(trainingStudy.dataSet, dataFolder), 1);
  addStimuli(workbench.storage, Math.ceil(stimuli / 3));
  await makeSessions({ client }, people, { repeats: 0, practice: 0, attention: 0 });
  answerAll(dataFolder);
  addStimuli(workbench.storage, Math.ceil(stimuli / 3), 'volunteers');
  await client.desk.plan.save({ study: 'volunteers', plan: plan({ consent: null }) });
  const [session] = await client.desk.sessions.create({ study: 'volunteers', count: 1, medium: 'screen' });
  const [model] = trainingStudy.models;
  if (!session || !model) throw new Error('nothing to measure with');
  workbench.storage.studies.put('training', { ...trainingStudy, models: [{ ...model, seeds: trainings }] }, 1);
  await lab.close();
  return session.token;
}

/** Fills the folder, or copies one that an earlier run kept, which is filled now where there is none. */
async function prepare(dataFolder: string): Promise<string> {
  const kept = values.filled;
  if (kept === undefined) return fill(dataFolder);
  const tokenFile = join(kept, 'token');
  if (!existsSync(tokenFile)) writeFileSync(tokenFile, await fill(join(kept, 'data')));
  cpSync(join(kept, 'data'), dataFolder, { recursive: true });
  return readFileSync(tokenFile, 'utf8');
}

interface Labeled {
  /** Milliseconds from sending an answer to the next image, each. */
  times: number[];
  refused: number;
}

/** The next message of a client. @throws Error if it ends instead */
async function nextMessage(child: ChildProcess): Promise<unknown> {
  const stop = new AbortController();
  const { signal } = stop;
  try {
    const ended = once(child, 'exit', { signal }).then(() => Promise.reject(new Error('a client ended')));
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message;
  } finally {
    stop.abort();
  }
}

async function ask<T>(child: ChildProcess, message: string): Promise<T> {
  child.send(message);
  const answer = (await nextMessage(child)) as { value: T } | { error: string };
  if ('error' in answer) throw new Error(answer.error);
  return answer.value;
}

const allActions = [
  ...['overview', 'overview again', 'studies', 'board', 'quality', 'results', 'report', 'plan'],
  ...['export humans', 'export events', 'export json', 'export model-vs-human', 'export counts'],
  ...['lock', 'start trainings', 'add weights', 'export archive', 'import archive', 'withdraw', 'delete for good'],
];

const startAfter = 'start after a withdrawal';
const wanted = values.only?.split(',');
const unknown = wanted?.filter((each) => each !== startAfter && !allActions.includes(each)) ?? [];
if (unknown.length > 0) throw new Error(`nothing to measure is called ${unknown.join(', ')}`);
const actions = allActions.filter((each) => wanted?.includes(each) ?? true);

/** Has a person withdraw from a folder whose program is killed at once. */
function withdrawAndStop(): void {
  const storage = openStorage(dataFolder, { upkeep: 'later' });
  const study = storage.studies.byName('volunteers');
  const [session] = study ? storage.labeling.sessions.ofStudy(study.id) : [];
  if (!session) throw new Error('nobody can withdraw');
  storage.labeling.withdrawals.withdraw(session, Date.now());
  storage.close();
}

/** Milliseconds until a start gives its address, and the silences from then until the withdrawal is complete. */
async function startAgain(): Promise<object> {
  const began = performance.now();
  const started = await startWorkbench({ root, dataFolder, port: 0 });
  const ms = performance.now() - began;
  const watch = new Watch();
  const storage = openStorage(dataFolder, { readOnly: true });
  // Nobody labels; the timer of the erasure is not waited for.
  while (storage.isErasurePending() && performance.now() - began < patience) await wait(100);
  storage.close();
  // A small database is complete already.
  await wait(margin);
  const { late, computed } = watch.end();
  await started.close();
  return {
    what: startAfter,
    ms,
    late: percentile(late, 99.9),
    longest: percentile(late, 100),
    computed: percentile(computed, 100),
    answers: 0,
    refused: 0,
    answer: 0,
    slowest: 0,
  };
}

const folder = mkdtempSync(join(values.folder, 'bench-silences-'));
const dataFolder = join(folder, 'data');
const token = await prepare(dataFolder);
let host: Awaited<ReturnType<typeof startWorkbench>> | null = await startWorkbench({ root, dataFolder, port: 0 });
const newAddress = host.newAddress;
/** One after another: an address lets in one browser, and a new one replaces it. */
async function open(role: string, argument: string): Promise<ChildProcess> {
  const child = fork(new URL('silences-client.ts', import.meta.url), [role, newAddress(), argument, values.weights]);
  await nextMessage(child);
  return child;
}

const clients: ChildProcess[] = [];
try {
  const volunteer = await open('volunteer', token);
  clients.push(volunteer);
  const researcher = await open('researcher', folder);
  clients.push(researcher);
  const results: object[] = [];
  for (const what of ['nothing', ...actions]) {
    await ask(volunteer, 'begin');
    await wait(margin);
    const watch = new Watch();
    const began = performance.now();
    if (what !== 'nothing') await ask(researcher, what);
    const ms = performance.now() - began;
    await wait(margin);
    const { late, computed } = watch.end();
    const { times, refused } = await ask<Labeled>(volunteer, 'end');
    const [most, longest] = [percentile(late, 99.9), percentile(late, 100)];
    const one = {
      what,
      ms,
      late: most,
      longest,
      computed: percentile(computed, 100),
      answers: times.length,
      refused,
      answer: percentile(times, 95),
      slowest: percentile(times, 100),
    };
    process.stderr.write(`${JSON.stringify(one)}\n`);
    results.push(one);
  }
  for (const client of clients) client.kill('SIGKILL');
  await host.close();
  host = null;
  if (wanted?.includes(startAfter) ?? true) {
    withdrawAndStop();
    results.push(await startAgain());
    process.stderr.write(`${JSON.stringify(results.at(-1))}\n`);
  }
  if (values.json) writeFileSync(values.json, JSON.stringify({ people, stimuli, trainings, results }));
} finally {
  for (const client of clients) client.kill('SIGKILL');
  await host?.close();
  rmSync(folder, { recursive: true, force: true });
}
