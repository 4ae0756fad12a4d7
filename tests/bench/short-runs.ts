/**
 * How long short work takes while two trainings run on all cores, relative to a free machine: candidates, freezing,
 * predictions with the report, and the report alone. Every round measures all of them both ways, in turn.
 *
 *   npm run bench -- short-runs, or by itself: node tests/bench/short-runs.ts [ROUNDS] [--json FILE]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { wholeReport } from '../../main/contract/api/report.ts';
import { type Study, studySchema } from '../../main/contract/studies/study.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { Lab } from '../../main/services/lab/lab.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { load } from './machine.ts';
import { markdownTable } from './table.ts';
import { median } from './paired-ratio.ts';
import { trainingStudy } from './training-study.ts';
import { type Calls, callsOf } from '../calls.ts';

interface Times {
  /** Seconds until a worker works on it; null: it needs no worker. */
  start: number | null;
  /** Seconds until its end. */
  end: number;
}

type Client = Calls;

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const rounds = Number(positionals[0] ?? 5);

const classifier = (hidden: number[]) => ({ architecture: { kind: 'mlp', hidden }, targets: [92], tolerance: 2 });

/** The paper's stimuli from the shipped generator, nine small networks and simulated labelers. */
const study = (seed: number): Study =>
  studySchema.parse({
    schema: 'boundary-workbench/study/1',
    name: 'short',
    title: 'Short work',
    dataSet: { source: 'mnist' },
    generator: { shipped: 'mnist-dcgan64' },
    reference: { recipe: classifier([64]), seed: 9 },
    stimuli: { source: 'generated', seed, design: { kind: 'paper' }, alphas: 11 },
    models: [{ name: 'MLP', group: 'seeds', recipe: classifier([64]), seed: 1, repeats: 3, seeds: 3 }],
    labelers: { source: 'rehearsal', count: 10, seed: 1 },
  });

/** Waits for a job's end, and for the first worker that begins one of its runs. @throws Error if it fails */
async function measure(lab: Lab, begin: () => Promise<{ job: string }>): Promise<Times> {
  const { storage } = lab.workbench;
  const known = new Set(storage.runs.list({ states: ['done'] }).map(({ id }) => id));
  const training = new Set(storage.runs.list({ states: ['running'] }).map(({ id }) => id));
  const began = performance.now();
  const { job: id } = await begin();
  let start: number | null = null;
  for (;;) {
    const seconds = (performance.now() - began) / 1000;
    const fresh = storage.runs.list().filter((run) => !known.has(run.id) && !training.has(run.id));
    const isWorked = ({ id: run }: { id: number }): boolean => !!storage.runHistory.attempts(run).at(-1)?.description;
    if (start === null && fresh.some(isWorked)) start = seconds;
    const job = lab.jobs.list().find((each) => each.id === id);
    if (!job || job.state === 'failed') throw new Error(`${job?.title}: ${job?.messages.join(' ')}`);
    if (job.endedAt !== null) return { start, end: seconds };
    await wait(10);
  }
}

const work = ['candidates', 'freezing', 'predictions and report', 'report alone'] as const;

async function measureAll(lab: Lab, client: Client, seed: number): Promise<Times[]> {
  lab.workbench.storage.studies.put('short', study(seed), lab.workbench.now());
  const start = (goal: 'candidates' | 'stimuli' | 'report') => () => client.work.start({ study: 'short', goal });
  const times: Times[] = [];
  for (const goal of ['candidates', 'stimuli', 'report'] as const) times.push(await measure(lab, start(goal)));
  times.push(await measure(lab, () => client.report.write({ study: 'short', choice: wholeReport })));
  return times;
}

async function whileTraining<T>(lab: Lab, client: Client, action: () => Promise<T>): Promise<T> {
  const { job } = await client.work.start({ study: 'training', goal: 'models' });
  const { storage } = lab.workbench;
  const id = storage.studies.byName('training')?.id ?? 0;
  const areTraining = () =>
    storage.runs.list({ studyId: id, states: ['running'] }).filter(({ progress }) => progress !== null).length === 2;
  while (!areTraining()) await wait(100);
  await wait(2000);
  const result = await action();
  if (!areTraining()) throw new Error('a training ended meanwhile');
  await client.work.stop({ study: 'training' });
  while (lab.jobs.list().some((each) => each.id === job && each.endedAt === null)) await wait(50);
  return result;
}

const folder = mkdtempSync(join(tmpdir(), 'bench-short-'));
const workbench = openWorkbench({ root, resources: join(root, 'resources'), dataFolder: join(folder, 'data') });
const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
try {
  const client = callsOf({ lab, log: console.error });
  const loadBefore = load()[0] ?? 0;
  lab.settings.set({ workers: 2 });
  workbench.storage.studies.put('training', trainingStudy, workbench.now());
  workbench.storage.studies.put('short', study(1), workbench.now());
  await measure(lab, () => client.work.start({ study: 'short', goal: 'report' }));
  const free: Times[][] = [];
  const busy: Times[][] = [];
  for (let round = 1; round <= rounds; round++) {
    const measures = [
      async () => free.push(await measureAll(lab, client, 2 * round)),
      async () => busy.push(await whileTraining(lab, client, () => measureAll(lab, client, 2 * round + 1))),
    ];
    for (const each of round % 2 === 0 ? measures.toReversed() : measures) await each();
    process.stderr.write(`round ${round} of ${rounds}\n`);
  }
  const results = work.map((what, index) => {
    const of = (all: Times[][], key: keyof Times) => all.map((times) => times[index]?.[key] ?? 0);
    const ends = { free: of(free, 'end'), busy: of(busy, 'end') };
    const ratio = median(ends.busy) / median(ends.free);
    return { what, start: { free: of(free, 'start'), busy: of(busy, 'start') }, end: ends, ratio };
  });
  const data = { rounds, cores: availableParallelism(), loadBefore, loadAfter: load()[0] ?? 0, results };
  const spread = (all: readonly number[]) => `${median(all).toFixed(2)} / ${Math.max(...all).toFixed(2)}`;
  const rows = results.map(({ what, start, end, ratio }) => [
    what,
    Math.max(...start.busy) === 0 ? '-' : spread(start.busy),
    ...[spread(end.free), spread(end.busy), ratio.toFixed(2)],
  ]);
  const head = ['', 'start, 2 trainings', 'end, free', 'end, 2 trainings', 'ratio of medians'];
  process.stdout.write(`${markdownTable(head, rows)}\nload ${loadBefore} before, ${data.loadAfter} after\n`);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(data));
} finally {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
}
