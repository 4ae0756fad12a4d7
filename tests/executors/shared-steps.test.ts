import { expect, test } from 'vitest';
import { classifierTask, generatorTask, misbehavior } from './counting-tasks.ts';
import { setUp } from './executor-setup.ts';
import { allGone } from './host-process.ts';

type Setting = ReturnType<typeof setUp>;

const ensureSeeds = ({ ensure }: Setting, seeds: number[], steps = 60): number[] =>
  seeds.map((seed) => ensure(classifierTask(seed, steps)));

test('runs of one recipe go to one worker up to the limit, and another joins when one has ended', async () => {
  const setting = setUp({ seedsPerStep: 3, workers: 2 });
  const { executor, ensure, changes, started, storage } = setting;
  const [generator] = [ensure(generatorTask(1, 2_000))];
  const ids = ensureSeeds(setting, [1, 2, 3, 4]);
  executor.start();
  await executor.idle();

  const workerOf = new Map(started().map(({ run, pid }) => [run, pid]));
  expect(new Set(ids.map((id) => workerOf.get(id))).size).toBe(1);
  expect(workerOf.get(generator)).not.toBe(workerOf.get(ids[0] as number));
  const running = new Set<number>();
  const together = changes.map(({ run, state }) => {
    if (state === 'running' && ids.includes(run.id)) running.add(run.id);
    else running.delete(run.id);
    return running.size;
  });
  expect(Math.max(...together)).toBe(3);
  for (const id of ids) {
    expect(storage.runs.get(id)).toMatchObject({ state: 'done', attempts: 1, result: { steps: 60 } });
    expect(storage.runHistory.metrics(id, 'loss')).toHaveLength(60);
    expect(storage.runHistory.attempts(id)[0]?.description?.versions['seeds per step']).toBe('3');
  }
  expect(storage.runHistory.attempts(generator)[0]?.description?.versions['seeds per step']).toBe('1');
});

test('runs that differ in more than the seed share no steps, and none do by default', async () => {
  const setting = setUp({ seedsPerStep: 3 });
  const { executor, changes } = setting;
  const [first] = ensureSeeds(setting, [1], 20);
  const [other] = ensureSeeds(setting, [2], 22);
  const last = setUp();
  const apart = ensureSeeds(last, [1, 2], 20);
  for (const { executor } of [setting, last]) {
    executor.start();
    await executor.idle();
  }
  const order = (of: typeof changes) =>
    of.flatMap(({ run, event }) => (event?.type === 'started' || event?.type === 'done' ? [run.id] : []));
  expect(order(changes)).toEqual([first, first, other, other]);
  expect(order(last.changes)).toEqual([apart[0], apart[0], apart[1], apart[1]]);
  expect(executor).not.toBe(last.executor);
});

test('a cancelled run does not disturb the others, and resumes from its checkpoint when it is retried', async () => {
  const setting = setUp({ seedsPerStep: 3 });
  const { executor, changes, storage } = setting;
  // Enough steps for the stop to arrive before the end, on a busy machine too.
  const [first, cancelled, third] = ensureSeeds(setting, [1, 2, 3], 600) as [number, number, number];
  executor.onChange(({ run, event }) => {
    if (run.id === cancelled && event?.type === 'progress' && event.done === 15) {
      expect(executor.cancel(cancelled)).toBe('running');
    }
  });
  executor.start();
  await executor.idle();
  expect(storage.runs.get(cancelled)?.state).toBe('cancelled');
  for (const id of [first, third]) expect(storage.runs.get(id)).toMatchObject({ state: 'done', attempts: 1 });
  const { step } = storage.runHistory.checkpoints(cancelled).at(-1) ?? expect.fail('no checkpoint');
  expect(step).toBeGreaterThanOrEqual(15);

  storage.runs.retry(cancelled, Date.now());
  await executor.idle();
  expect(storage.runs.get(cancelled)?.state).toBe('done');
  expect(changes.findLast(({ event }) => event?.type === 'started')?.event).toMatchObject({ resumedAt: step });
});

test('a failed run does not disturb the others; their worker takes no more runs and ends after them', async () => {
  const setting = setUp({ seedsPerStep: 2 });
  const { executor, started, storage } = setting;
  const [fails, goesOn, later] = ensureSeeds(setting, [misbehavior.fails, 1, 2]) as [number, number, number];
  executor.start();
  await executor.idle();
  expect(storage.runs.get(fails)).toMatchObject({ state: 'failed', failure: { message: 'Error: cannot go on' } });
  expect(storage.runs.get(goesOn)).toMatchObject({ state: 'done', attempts: 1 });
  expect(storage.runs.get(later)).toMatchObject({ state: 'done', attempts: 1 });
  const workerOf = new Map(started().map(({ run, pid }) => [run, pid]));
  expect(workerOf.get(goesOn)).toBe(workerOf.get(fails));
  expect(workerOf.get(later)).not.toBe(workerOf.get(fails));
  await allGone([workerOf.get(fails) as number]);
});

test('runs whose worker died are retried one by one, so a run that kills its worker does not take others with it', async () => {
  const setting = setUp({ seedsPerStep: 3 });
  const { executor, storage } = setting;
  const [dies, ...others] = ensureSeeds(setting, [misbehavior.dies, 1, 2], 20) as [number, number, number];
  executor.start();
  await executor.idle();
  expect(storage.runs.get(dies)).toMatchObject({ state: 'failed', attempts: 4 });
  for (const id of others) expect(storage.runs.get(id)).toMatchObject({ state: 'done', attempts: 2 });
});

test('stop: all of them checkpoint, and their worker exits', async () => {
  const setting = setUp({ seedsPerStep: 3 });
  const { executor, started, storage } = setting;
  const ids = ensureSeeds(setting, [1, 2, 3], 10_000);
  await new Promise<void>((resolve) => {
    executor.onChange(() => started().length === 3 && resolve());
    executor.start();
  });
  await executor.stop();
  await allGone(started().map(({ pid }) => pid));
  expect(storage.runs.counts()).toMatchObject({ interrupted: 3 });
  for (const id of ids) expect(storage.runHistory.attempts(id)[0]).toMatchObject({ outcome: 'stopped' });
  for (const id of ids) expect(storage.runHistory.checkpoints(id).length).toBeGreaterThan(0);
});
