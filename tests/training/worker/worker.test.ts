import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import { type RunCommand, type Task, type WorkerEvent, workerMessageSchema } from '../../../main/contract/runs/run.ts';
import { preferredEngine } from '../../../main/training/engines/open.ts';
import { temporaryFolder, writeSmallMnist } from '../small-data.ts';

const entry = join(import.meta.dirname, '../../../main/training/worker/worker.ts');
const folder = temporaryFolder();
let small: ReturnType<typeof writeSmallMnist>;
const started: ChildProcess[] = [];

beforeAll(() => {
  small = writeSmallMnist(folder);
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** A real worker process, and what it says; every event is checked against the contract. */
class TestWorker {
  readonly child = fork(entry, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  readonly events: WorkerEvent[] = [];
  readonly exit = once(this.child, 'exit');
  #waiting: { matches: (event: WorkerEvent) => boolean; resolve: (event: WorkerEvent) => void }[] = [];

  constructor() {
    started.push(this.child);
    this.child.on('message', (message) => {
      const { event } = workerMessageSchema.parse(message);
      this.events.push(event);
      this.#waiting = this.#waiting.filter(({ matches, resolve }) => !matches(event) || resolve(event));
    });
  }

  send(message: object): void {
    this.child.send(message);
  }

  /** The next event of one of these types. */
  next<Type extends WorkerEvent['type']>(...types: Type[]): Promise<Extract<WorkerEvent, { type: Type }>> {
    return new Promise((resolve) => {
      const matches = (event: WorkerEvent): boolean => (types as string[]).includes(event.type);
      this.#waiting.push({ matches, resolve: (event) => resolve(event as Extract<WorkerEvent, { type: Type }>) });
    });
  }
}

function command(recipe: object, checkpoint: string | null = null): RunCommand {
  const task: Task = {
    kind: 'classifier',
    ...small,
    seed: 9,
    recipe: classifierRecipeSchema.parse({
      architecture: { kind: 'mlp', hidden: [32] },
      batch: 32,
      targets: [80],
      tolerance: 0.6,
      ...recipe,
    }),
  };
  return { type: 'run', run: 1, task, engine: preferredEngine(), threads: 1, blobs: join(folder, 'blobs'), checkpoint };
}

/** Never lands on its last target, so that it is still at it when it is told to stop. */
const endless = { targets: [80, 100], tolerance: 0.6, maxEpochs: 10_000, optimiser: { stepSize: 1e-5 } };

test('executes one run after another, refuses invalid commands, and exits when its parent closes the channel', async () => {
  const worker = new TestWorker();
  const refused = worker.next('failed');
  worker.send({ type: 'run', run: 'one' });
  expect((await refused).message).toMatch(/not valid/);

  worker.send(command({}));
  worker.send(command({ targets: [84] }));
  const results = () => worker.events.flatMap((event) => (event.type === 'done' ? [event.result] : []));
  await expect.poll(results, { timeout: 120_000 }).toMatchObject([
    { kind: 'classifier', snapshots: [{ target: 80 }] },
    { kind: 'classifier', snapshots: [{ target: 84 }] },
  ]);
  expect(worker.events.map(({ type }) => type).filter((type) => type === 'started').length).toBe(2);
  expect(worker.events[1]).toMatchObject({ type: 'started', resumedAt: 0, pid: worker.child.pid });

  const failed = worker.next('failed');
  worker.send({ ...command({}), task: { kind: 'predictions', snapshot: '0'.repeat(64), stimuli: '1'.repeat(64) } });
  expect(await failed).toMatchObject({
    message: expect.stringContaining('missing'),
    detail: expect.stringContaining('blobs'),
  });

  worker.child.disconnect();
  expect(await worker.exit).toEqual([0, null]);
});

test('stops on request with a checkpoint, goes on from it, and survives Ctrl-C', async () => {
  const worker = new TestWorker();
  const metrics = worker.next('metrics');
  worker.send(command(endless));
  await metrics;
  worker.child.kill('SIGINT');
  await worker.next('progress');
  const stopped = worker.next('stopped');
  worker.send({ type: 'stop' });
  const { step } = await stopped;
  expect(await worker.exit).toEqual([0, null]);
  const checkpoint = worker.events.findLast((event) => event.type === 'checkpoint');
  expect(checkpoint?.step).toBe(step);
  expect(step).toBeGreaterThan(0);

  const successor = new TestWorker();
  const resumed = successor.next('started', 'failed');
  successor.send(command(endless, checkpoint?.hash));
  expect(await resumed).toMatchObject({ type: 'started', resumedAt: step });
  successor.child.kill('SIGKILL');
  expect(await successor.exit).toEqual([null, 'SIGKILL']);
});

test('exits at once when its parent exits during a run', async () => {
  const worker = new TestWorker();
  const metrics = worker.next('metrics');
  worker.send(command(endless));
  await metrics;
  worker.child.disconnect();
  expect(await worker.exit).toEqual([0, null]);
});

test('an idle worker that is told to stop exits', async () => {
  const worker = new TestWorker();
  worker.send({ type: 'stop' });
  expect(await worker.exit).toEqual([0, null]);
});
