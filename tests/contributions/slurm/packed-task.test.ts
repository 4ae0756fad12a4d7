import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { AttemptLine, PackedRun } from '../../../main/contributions/slurm/contract/placement.ts';
import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import type { Task, WorkerEvent } from '../../../main/contract/runs/run.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { PackFolder } from '../../../main/contributions/slurm/tasks/pack-folder.ts';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder, writeSmallMnist } from '../../training/small-data.ts';

const data = temporaryFolder();
let small: ReturnType<typeof writeSmallMnist>;
beforeAll(() => {
  small = writeSmallMnist(data);
});
afterAll(() => rmSync(data, { recursive: true }));

const run = (
  number: number,
  maxEpochs: number,
  of: Pick<Task & { kind: 'classifier' }, 'dataSet' | 'dataSetHash'> = small,
): PackedRun => ({
  run: number,
  label: `MLP, seed ${number}`,
  engine: 'wasm',
  checkpoint: null,
  task: {
    kind: 'classifier',
    ...of,
    seed: number,
    recipe: classifierRecipeSchema.parse({
      architecture: { kind: 'mlp', hidden: [32] },
      batch: 32,
      optimiser: { stepSize: 2e-3 },
      targets: [70, 99.8],
      maxEpochs,
    }),
  },
});

async function makePack(...runs: PackedRun[]): Promise<PackFolder> {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const pack = new PackFolder(join(folder, 'packs/one'), folder);
  await pack.write({ threads: 1 }, [runs]);
  return pack;
}

/** A task of a pack as a node does it; gives its process, what it writes on its terminal, and its end. */
function start(pack: PackFolder, environment: Record<string, string> = {}) {
  const child = spawn(
    process.execPath,
    [join(repository, 'main/contributions/slurm/tasks/pack-child.ts'), pack.path, '0'],
    {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? '')),
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, text: () => text, ended };
}

/** Has a process run some code before its own. */
const first = (code: string) => ({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` });

/** The first look at a blob fails. */
const failingOnce = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { statSync } = fs;
  fs.statSync = (path, ...rest) => {
    if (!String(path).includes('/blobs/')) return statSync(path, ...rest);
    fs.statSync = statSync;
    syncBuiltinESMExports();
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO', errno: -5, syscall: 'stat' });
  };
  syncBuiltinESMExports();`;

/** Its clock is fast, so that it writes metrics every 0.1 s; at the second ones, of a later step, it gets a signal to end. */
const stoppedAtMetrics = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { appendFileSync } = fs;
  const now = performance.now.bind(performance);
  performance.now = () => 10 * now();
  let left = 2;
  fs.appendFileSync = (file, data, ...rest) => {
    appendFileSync(file, data, ...rest);
    if (!String(data).includes('"metrics"') || --left > 0) return;
    fs.appendFileSync = appendFileSync;
    syncBuiltinESMExports();
    process.kill(process.pid, 'SIGTERM');
  };
  syncBuiltinESMExports();`;

async function linesOf(pack: PackFolder, number: number, attempt: number): Promise<AttemptLine[]> {
  const all: AttemptLine[] = [];
  for (let from = 0; ; ) {
    const { lines, next } = await pack.readLines(number, attempt, from);
    if (lines.length === 0) return all;
    all.push(...lines);
    from = next;
  }
}

async function eventsOf(pack: PackFolder, number: number): Promise<WorkerEvent[]> {
  const all = await Promise.all(pack.attempts(number).map((attempt) => linesOf(pack, number, attempt)));
  return all.flat().flatMap((line) => ('event' in line ? [line.event] : []));
}

const stored = (pack: PackFolder, number: number): string[] =>
  existsSync(pack.blobs(number))
    ? readdirSync(pack.blobs(number), { recursive: true, withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? [entry.name] : [],
      )
    : [];

test('a task that is stopped again and again keeps two checkpoints, and none of a run that is done', async () => {
  const pack = await makePack(run(1, 120), run(2, 2));
  for (let attempt = 1; attempt <= 3; attempt++) {
    const { ended } = start(pack, first(stoppedAtMetrics));
    expect(await ended).toBe(0);
  }
  const checkpoints = (await eventsOf(pack, 1)).flatMap((event) => (event.type === 'checkpoint' ? [event.hash] : []));
  expect(checkpoints).toHaveLength(3);
  const snapshots = (await eventsOf(pack, 1)).flatMap((event) =>
    event.type === 'snapshot' ? [event.snapshot.weights] : [],
  );
  expect(new Set(stored(pack, 1))).toEqual(new Set([...checkpoints.slice(1), ...snapshots]));

  // Its clock is an hour ahead, the shared folder fails once, and it sees nothing of its surroundings that it must not tell.
  const ahead = 'const now = Date.now; Date.now = () => now() + 3600_000;';
  const last = start(pack, { ...first(ahead + failingOnce), SECRET_TOKEN: 'hunter2', SLURM_ARRAY_JOB_ID: '41' });
  expect(readFileSync(`/proc/${last.child.pid}/cmdline`, 'utf8')).not.toContain('hunter2');
  expect(await last.ended).toBe(0);
  const end = (await linesOf(pack, 1, 4)).at(-1);
  expect(end).toMatchObject({ event: { type: 'done' } });
  expect(end?.at).toBeGreaterThan(Date.now() + 3500_000);
  const blobs = new BlobStore(pack.blobs(1));
  expect(checkpoints.filter((hash) => blobs.has(hash))).toEqual([]);
  expect(snapshots.every((hash) => blobs.has(hash))).toBe(true);
  expect((await eventsOf(pack, 2)).at(-1)?.type).toBe('done');
  const terminal = last.text().replaceAll(/^\S+Z /gm, '');
  expect(terminal).toMatch(
    /^task 0 of job 41 on \S+: 2 runs, restarts: 0\nThe shared folder refuses, .*EIO.*\nThe shared folder works again\nrun 1 \(MLP, seed 1\) begins from a checkpoint\nrun 1: done\nrun 2 \(MLP, seed 2\) begins\nrun 2: done\n$/,
  );
  expect(JSON.stringify(await linesOf(pack, 1, 4))).not.toContain('hunter2');
});

test('a signal that comes at once saves the work, and opens no debugger', async () => {
  const pack = await makePack(run(1, 400));
  const signals = `process.on('newListener', (name) => {
    if (name === 'SIGUSR1') setImmediate(() => process.kill(process.pid, name));
  })`;
  const { text, ended } = start(pack, first(signals));
  expect(await ended).toBe(0);
  expect(text()).not.toContain('Debugger');
  expect(text()).toContain('The time limit is near (USR1): saving a checkpoint');
});

test('Slurm is asked again when it does not queue the task, and a task that it never queues can be tried again', async () => {
  const pack = await makePack(run(1, 400));
  for (let attempt = 0; attempt < 3; attempt++) pack.beginAttempt(1).close();
  await pack.requestStop(1);
  const tools = join(pack.path, 'tools');
  mkdirSync(tools);
  const asked = join(tools, 'asked');
  const quick = `
    import timers from 'node:timers/promises';
    import { syncBuiltinESMExports } from 'node:module';
    timers.setTimeout = () => Promise.resolve();
    syncBuiltinESMExports();
    process.on('newListener', (name) => {
      if (name === 'SIGUSR1') setImmediate(() => process.kill(process.pid, name));
    });`;
  const end = async (refusals: number): Promise<[code: number | string, calls: string[]]> => {
    rmSync(asked, { force: true });
    writeFileSync(
      join(tools, 'scontrol'),
      `#!/bin/sh\necho "$*" >> '${asked}'\n[ "$(wc -l < '${asked}')" -gt ${refusals} ] || { echo busy >&2; exit 1; }\n`,
      { mode: 0o700 },
    );
    const { ended } = start(pack, {
      ...first(quick),
      PATH: `${tools}:${process.env.PATH}`,
      SLURM_ARRAY_JOB_ID: '41',
      SLURM_ARRAY_TASK_ID: '3',
    });
    return [await ended, readFileSync(asked, 'utf8').trim().split('\n')];
  };
  expect(await end(2)).toEqual([0, ['requeue 41_3', 'requeue 41_3', 'requeue 41_3']]);
  const [code, calls] = await end(1000);
  expect(code).toBe(75);
  expect(calls.length).toBeGreaterThan(5);
});

test('a run that fails is tried once more before it has failed, and the next one is done', async () => {
  const away = { ...small, dataSet: { ...small.dataSet, trainImages: join(data, 'missing') } } as typeof small;
  const pack = await makePack(run(1, 2, away), run(2, 2));
  const { text, ended } = start(pack);
  expect(await ended).toBe(0);
  const events = await eventsOf(pack, 1);
  expect(pack.attempts(1)).toEqual([1, 2]);
  expect(events.filter(({ type }) => type === 'failed')).toHaveLength(1);
  expect(events.at(-1)?.type).toBe('failed');
  expect(text()).toContain('run 1 is tried again from its newest checkpoint, as it failed');
  expect((await eventsOf(pack, 2)).at(-1)?.type).toBe('done');
});
