import { readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../main/contract/wire/errors.ts';
import { engineNames } from '../../main/contract/runs/run.ts';
import { LocalExecutor, type LocalExecutorOptions } from '../../main/executors/local-executor.ts';
import { inBackground } from '../../main/processes/background.ts';
import { ForkLauncher, type LaunchOptions } from '../../main/processes/launcher.ts';
import { at } from '../../main/domain/numbers/arrays.ts';
import { classifierTask, environment, generatorTask, misbehavior, predictionsTask } from './counting-tasks.ts';
import { setUp } from './executor-setup.ts';
import { allGone } from './host-process.ts';

test('one worker process does one run after the other, the higher priority first', async () => {
  const { executor, ensure, started, storage } = setUp();
  const [low, high] = [ensure(classifierTask(1, 10)), ensure(generatorTask(2, 10), { priority: 5 })];
  executor.start();
  await executor.idle();
  expect(started().map(({ run }) => run)).toEqual([high, low]);
  expect(new Set(started().map(({ pid }) => pid)).size).toBe(1);
  expect(storage.runs.get(low)).toMatchObject({ state: 'done', ranOn: 'wasm', attempts: 1, result: { steps: 10 } });
});

test('short runs pass trainings that have all workers, one at a time and in a process that trains nothing', async () => {
  const launched: LaunchOptions[] = [];
  const launcher = new ForkLauncher();
  const { executor, ensure, started, changes, storage } = setUp({
    workers: 2,
    launcher: {
      launch(options, listeners) {
        launched.push(options);
        return launcher.launch(options, listeners);
      },
    },
  });
  const trainings = [1, 2, 3].map((seed) => ensure(generatorTask(seed, 20_000)));
  executor.start();
  await expect.poll(started).toHaveLength(2);
  const short = [1, 2, 3].map((model) => ensure(predictionsTask(model), { priority: 2000 }));
  await expect.poll(() => short.map((id) => storage.runs.get(id)?.state)).toEqual(['done', 'done', 'done']);
  expect(trainings.map((id) => storage.runs.get(id)?.state)).toEqual(['running', 'running', 'queued']);
  const pids = new Map(started().map(({ run, pid }) => [run, pid]));
  expect(new Set(short.map((id) => pids.get(id))).size).toBe(1);
  expect(trainings.map((id) => pids.get(id))).not.toContain(pids.get(at(short, 0)));
  expect(launched.map(({ args }) => args)).toEqual([[inBackground], [inBackground], []]);
  const order = changes.filter(({ run, event }) => short.includes(run.id) && event?.type !== 'heartbeat');
  expect(order.map(({ run }) => run.id)).toEqual(short.flatMap((id) => [id, id, id]));
});

test('an executor without workers does short runs alone, and trains once it is given some', async () => {
  const { executor, ensure, storage } = setUp({ workers: 0 });
  const [training, short] = [ensure(classifierTask(1, 10)), ensure(predictionsTask(1))];
  executor.start();
  await executor.idle();
  expect([training, short].map((id) => storage.runs.get(id)?.state)).toEqual(['queued', 'done']);
  executor.setWorkers(1);
  await executor.idle();
  expect(storage.runs.get(training)?.state).toBe('done');
});

test('a run that is queued later wakes an idle executor', async () => {
  const { executor, ensure, storage } = setUp();
  executor.start();
  await executor.idle();
  const id = ensure(classifierTask(1, 10));
  await executor.idle();
  expect(storage.runs.get(id)?.state).toBe('done');
});

test('each engine has its own workers; runs pinned to an engine that is not available wait', async () => {
  const { executor, ensure, started, storage } = setUp({ engines: [...engineNames] });
  const ids = engineNames.map((engine, seed) => ensure(classifierTask(seed, 10), { engine }));
  executor.start();
  await executor.idle();
  expect(ids.map((id) => storage.runs.get(id)?.ranOn)).toEqual([...engineNames]);
  expect(new Set(started().map(({ pid }) => pid)).size).toBe(engineNames.length);

  const other = setUp({ engines: ['wasm'] });
  const waits = other.ensure(classifierTask(1, 10), { engine: 'tensorflow' });
  other.executor.start();
  await other.executor.idle();
  expect(other.storage.runs.get(waits)?.state).toBe('queued');
});

test('provenance: engine, versions, product, machine, times, and why an attempt ended', async () => {
  const { executor, ensure, storage } = setUp();
  const id = ensure(classifierTask(1, 10));
  executor.start();
  await executor.idle();
  expect(storage.runHistory.attempts(id)).toMatchObject([
    { attempt: 1, engine: 'wasm', environment, description: { versions: { counting: '1' } }, outcome: 'done' },
  ]);
});

test('a worker that keeps dying is started four times, then its run has failed with the end of its stderr', async () => {
  const { executor, ensure, storage, folder } = setUp();
  const id = ensure(classifierTask(misbehavior.dies));
  const next = ensure(classifierTask(1, 10));
  executor.start();
  await executor.idle();
  const run = storage.runs.get(id);
  expect(run).toMatchObject({ state: 'failed', attempts: 4, crashes: 4 });
  expect(run?.failure?.message).toBe('The worker process was ended by SIGKILL (4 times without progress)');
  expect(run?.failure?.detail).toBe('out of something\n');
  expect(readFileSync(join(folder, 'logs', `run-${id}.log`), 'utf8')).toBe('out of something\n'.repeat(4));
  expect(storage.runs.get(next)?.state).toBe('done');
});

test('a run that makes progress between the deaths of its workers does not fail', async () => {
  const { executor, ensure, storage } = setUp();
  const id = ensure(generatorTask(misbehavior.diesLate, 60));
  executor.start();
  await executor.idle();
  expect(storage.runs.get(id)).toMatchObject({ state: 'done', attempts: 6 });
  expect(storage.runHistory.attempts(id).map(({ resumedAt }) => resumedAt)).toEqual([0, 10, 20, 30, 40, 50]);
});

test('a silent worker is killed, whether it waits forever or blocks its event loop', async () => {
  const { executor, ensure, storage } = setUp({ silence: 300, retries: 0, workers: 2 });
  const ids = [ensure(classifierTask(misbehavior.hangs)), ensure(classifierTask(misbehavior.blocks))];
  executor.start();
  await executor.idle();
  for (const id of ids) {
    expect(storage.runs.get(id)?.failure?.message).toBe(
      'The worker process was silent for 0.3 s (1 times without progress)',
    );
  }
});

/** Blocks this process where timers that are due fire before messages are read. */
const standStill = (ms: number): Promise<void> =>
  new Promise((resolve) =>
    setImmediate(() => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      resolve();
    }),
  );

test('a healthy worker survives a host that stood still for longer than a worker may be silent', async () => {
  const { executor, ensure, storage, started } = setUp({ silence: 3000, stopWithin: 3000, retries: 0 });
  const id = ensure(classifierTask(1, 400));
  executor.start();
  await expect.poll(started).toHaveLength(1);
  for (let time = 0; time < 2; time++) await standStill(3300);
  await executor.idle();
  expect(storage.runs.get(id)).toMatchObject({ state: 'done', attempts: 1 });
});

test('a worker that was asked to stop may do so while the host stands still', async () => {
  const { executor, ensure, started, changes } = setUp({ stopWithin: 600, retries: 0 });
  ensure(classifierTask(1, 10_000));
  executor.start();
  await expect.poll(started).toHaveLength(1);
  const stopped = executor.stop();
  await standStill(1500);
  await stopped;
  expect(changes.map(({ event }) => event?.type).slice(-2)).toEqual(['checkpoint', 'stopped']);
});

test('a message that is not valid fails the run and names what is wrong', async () => {
  const { executor, ensure, storage } = setUp();
  const id = ensure(classifierTask(misbehavior.babbles));
  executor.start();
  await executor.idle();
  const run = storage.runs.get(id);
  expect(run).toMatchObject({ state: 'failed', failure: { message: 'The worker sent a message that is not valid' } });
  expect(run?.failure?.detail).toContain('points[0].value');
});

test('a failed run keeps its checkpoints, and a retry resumes from them', async () => {
  const { executor, ensure, storage } = setUp();
  const id = ensure(classifierTask(misbehavior.fails));
  executor.start();
  await executor.idle();
  expect(storage.runs.get(id)).toMatchObject({
    state: 'failed',
    attempts: 1,
    failure: { message: 'Error: cannot go on' },
  });
  expect(storage.runs.retry(id, Date.now())).toBe('queued');
  await executor.idle();
  expect(storage.runs.get(id)).toMatchObject({ state: 'failed', attempts: 2 });
  expect(storage.runHistory.attempts(id)[1]).toMatchObject({ resumedAt: 10, outcome: 'failed' });
});

test('a checkpoint that cannot be read fails its run with the reason, and nothing begins anew', async () => {
  const { executor, ensure, storage } = setUp();
  const id = ensure(classifierTask(misbehavior.fails));
  executor.start();
  await executor.idle();
  const [checkpoint] = storage.referencedHashes().checkpoints;
  const path = storage.blobs.path(checkpoint ?? '');
  renameSync(path, `${path}.kept`);
  // What root cannot read either.
  symlinkSync(path, path);
  storage.runs.retry(id, Date.now());
  await executor.idle();
  const run = storage.runs.get(id);
  expect(run).toMatchObject({ state: 'failed', attempts: 2 });
  expect(run?.failure?.message).toContain('A stored file cannot be read: ELOOP');
  expect(storage.runHistory.attempts(id)[1]).toMatchObject({ checkpoint, resumedAt: null, outcome: 'failed' });
  rmSync(path);
  renameSync(`${path}.kept`, path);
  storage.runs.retry(id, Date.now());
  await executor.idle();
  expect(storage.runHistory.attempts(id)[2]).toMatchObject({ checkpoint, resumedAt: 10 });
});

test('a worker over its memory limit is killed', { skip: process.platform !== 'linux' }, async () => {
  const { executor, ensure, storage } = setUp({ memoryLimit: 64 * 2 ** 20, retries: 0 });
  const id = ensure(classifierTask(misbehavior.grows, 10_000));
  executor.start();
  await executor.idle();
  expect(storage.runs.get(id)?.failure?.message).toContain('used more than 64 MiB of memory');
});

test('cancel: a waiting run at once, a running one after its checkpoint, from which a retry resumes', async () => {
  const { executor, ensure, storage } = setUp();
  const [first, second] = [ensure(generatorTask(1, 20_000)), ensure(generatorTask(2, 10))];
  const resumed = new Promise<number>((resolve) => {
    executor.onChange(({ run, event }) => {
      if (run.id === first && event?.type === 'started' && event.resumedAt > 0) resolve(event.resumedAt);
      if (run.id !== first || event?.type !== 'progress' || event.done !== 5) return;
      expect(executor.cancel(second)).toBe('cancelled');
      expect(executor.cancel(first)).toBe('running');
    });
  });
  executor.start();
  await executor.idle();
  expect(storage.runs.counts()).toMatchObject({ cancelled: 2 });
  const { step } = storage.runHistory.checkpoints(first).at(-1) ?? expect.fail('no checkpoint');
  expect(step).toBe(storage.runs.get(first)?.progress?.done);
  storage.runs.retry(first, Date.now());
  expect(await resumed).toBe(step);
  storage.runs.retry(second, Date.now());
  expect(storage.runs.get(second)?.state).toBe('queued');
});

test('a paused queue starts nothing until it is resumed', async () => {
  const { executor, ensure, storage } = setUp();
  const [first, second] = [ensure(classifierTask(1, 10)), ensure(classifierTask(2, 10))];
  const firstIsDone = new Promise<void>((resolve) => {
    executor.onChange(({ run, state, event }) => {
      if (run.id === first && event?.type === 'started') executor.pause();
      if (run.id === first && state === 'done') resolve();
    });
  });
  executor.start();
  await firstIsDone;
  expect(storage.runs.get(second)?.state).toBe('queued');
  executor.resume();
  await executor.idle();
  expect(storage.runs.get(second)?.state).toBe('done');
});

test('stop: workers checkpoint and exit; one that does not react is killed; none remains', async () => {
  const { executor, ensure, storage, started } = setUp({ workers: 2, stopWithin: 5_000 });
  const [listens, deaf] = [ensure(generatorTask(1, 20_000)), ensure(classifierTask(misbehavior.blocks))];
  await new Promise<void>((resolve) => {
    executor.onChange(() => started().length === 2 && resolve());
    executor.start();
  });
  await executor.stop();
  await allGone(started().map(({ pid }) => pid));
  expect(storage.runs.counts()).toMatchObject({ interrupted: 2 });
  expect(storage.runHistory.checkpoints(listens).length).toBeGreaterThan(0);
  expect(storage.runHistory.attempts(deaf).at(-1)?.note).toBe('The worker process did not stop in time');
});

test('a queue that cannot be written ends all workers and says why', async () => {
  const { storage, executor, ensure, folder } = setUp();
  const full = new UserError('storage.disk-full', 'full', folder, 'free some');
  const { runs } = storage;
  const queue: LocalExecutorOptions['queue'] = {
    claimNext: (...call) => runs.claimNext(...call),
    claimShort: (...call) => runs.claimShort(...call),
    claimSimilar: (...call) => runs.claimSimilar(...call),
    applyEvent(runId, event, now) {
      if (event.type === 'checkpoint') throw full;
      return runs.applyEvent(runId, event, now);
    },
    interrupt: (...call) => runs.interrupt(...call),
    recordCrash: (...call) => runs.recordCrash(...call),
    cancel: (...call) => runs.cancel(...call),
    onClaimable: (listener) => runs.onClaimable(listener),
  };
  await executor.stop();
  const other = new LocalExecutor({
    queue,
    launcher: new ForkLauncher(),
    workerEntry: join(import.meta.dirname, 'counting-worker.ts'),
    blobs: storage.blobs.folder,
    logs: join(folder, 'logs'),
    engines: ['wasm'],
    workers: 1,
    environment,
  });
  const id = ensure(generatorTask(1));
  other.start();
  await expect(other.idle()).rejects.toBe(full);
  await other.stop();
  expect(runs.recover(Date.now())).toEqual([id]);
});

test('a queue that cannot be written when the first run is claimed rejects at once', async () => {
  const { executor, ensure, storage } = setUp();
  ensure(classifierTask(1, 10));
  storage.close();
  executor.start();
  await expect(executor.broken).rejects.toThrow(/not open/);
});
