import { createHash } from 'node:crypto';
import type { RunCommand, RunResult, Snapshot, WorkerEvent, WorkerMessage } from '../../main/contract/runs/run.ts';
import { workerCommandSchema } from '../../main/contract/runs/run.ts';
import { BlobStore } from '../../main/files/blobs.ts';
import { misbehavior, stepsOf, trainTask } from './counting-tasks.ts';
import type { TrainTask } from './counting-tasks.ts';

/**
 * A worker that speaks the protocol of the real one and computes a chain of hashes instead of weights: the result
 * depends on every single step, so one step too many or too few shows.
 */
interface State {
  step: number;
  digest: string;
}

/** A run that this worker works on. */
interface Work {
  run: number;
  blobs: BlobStore;
  task: TrainTask;
  stopAsked: boolean;
}

const checkpointEvery = 10;
/** Minimum milliseconds of a step. */
const delay = Number(process.env.COUNTING_DELAY ?? 2);
const works = new Map<number, Work>();
let leaving = false;
let wrote = false;

function tell({ run }: Work, event: WorkerEvent): void {
  process.send?.({ run, event } satisfies WorkerMessage);
}

function next(state: State, seed: number): State {
  const digest = createHash('sha256').update(`${state.digest} ${seed} ${state.step}`).digest('hex');
  return { step: state.step + 1, digest };
}

function read(blobs: BlobStore, hash: string): State {
  const [step, digest] = blobs.get(hash).toString().split(' ');
  return { step: Number(step), digest: String(digest) };
}

function write(work: Work, { step, digest }: State): void {
  wrote = true;
  tell(work, { type: 'checkpoint', step, hash: work.blobs.put(Buffer.from(`${step} ${digest}`)) });
}

async function run(command: RunCommand, work: Work): Promise<void> {
  const { blobs, task } = work;
  let state: State = command.checkpoint ? read(blobs, command.checkpoint) : { step: 0, digest: '' };
  const versions = { counting: '1', 'seeds per step': String(command.seedsPerStep ?? 1) };
  const engine = { name: command.engine, versions, device: 'cpu' };
  tell(work, { type: 'started', engine, pid: process.pid, resumedAt: state.step });
  tell(work, { type: 'log', level: 'info', message: `counts with seed ${task.seed}` });
  const total = stepsOf(task);
  while (state.step < total) {
    if (work.stopAsked) return leave(work, state);
    await misbehave(work, state.step);
    state = next(state, task.seed);
    tell(work, {
      type: 'metrics',
      points: [{ series: 'loss', step: state.step, value: parseInt(state.digest.slice(0, 8), 16) }],
    });
    tell(work, { type: 'progress', done: state.step, total, note: 'counting' });
    report(work, state);
    if (state.step % checkpointEvery === 0) write(work, state);
    await new Promise((resolve) => setTimeout(resolve, delay));
  }
  tell(work, { type: 'done', result: resultOf(blobs, task, state) });
}

function leave(work: Work, state: State): void {
  write(work, state);
  tell(work, { type: 'stopped', step: state.step });
}

/** Snapshots at a half and at the end of a classifier; a sample grid at every checkpoint of a generator. */
function report(work: Work, state: State): void {
  const { blobs, task } = work;
  if (task.kind === 'classifier' && state.step === stepsOf(task) / 2) {
    tell(work, { type: 'snapshot', snapshot: snapshotOf(blobs, task, state, 0) });
  }
  if (task.kind === 'generator' && state.step % task.recipe.sampleEvery === 0) {
    const grid = blobs.put(Buffer.from(`grid ${state.digest}`));
    tell(work, { type: 'samples', step: state.step, grid, weights: blobs.put(Buffer.from(`weights ${state.digest}`)) });
  }
}

function snapshotOf(blobs: BlobStore, task: TrainTask, { step, digest }: State, index: number): Snapshot {
  const target = (task.kind === 'classifier' ? task.recipe.targets[index] : undefined) ?? 98;
  const weights = blobs.put(Buffer.from(`weights ${digest}`));
  return { target, step, errors: 250, testCount: 10_000, accuracy: 97.5, weights };
}

function resultOf(blobs: BlobStore, task: TrainTask, state: State): RunResult {
  if (task.kind === 'generator') {
    return { kind: 'generator', weights: blobs.put(Buffer.from(`weights ${state.digest}`)), steps: state.step };
  }
  const counts = { steps: state.step, looks: 2, fullLooks: 2, imagesLooked: 20_000, trainMs: 0, lookMs: 0 };
  return { kind: 'classifier', snapshots: [snapshotOf(blobs, task, state, 1)], missed: [], ...counts };
}

/** Misbehavior that special seeds ask for. */
async function misbehave({ run, task: { seed } }: Work, step: number): Promise<void> {
  if (seed === misbehavior.dies && step === 5) {
    process.stderr.write('out of something\n');
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(process.pid, 'SIGKILL');
  }
  if (seed === misbehavior.diesLate && wrote && step % checkpointEvery === 5) process.exit(3);
  if (seed === misbehavior.hangs) await new Promise(() => setInterval(() => undefined, 1000));
  if (seed === misbehavior.blocks) for (;;) createHash('sha256').update('').digest();
  if (seed === misbehavior.babbles)
    process.send?.({ run, event: { type: 'metrics', points: [{ series: 'loss', step, value: 'NaN' }] } });
  if (seed === misbehavior.fails && step === 12) throw new Error('cannot go on');
  if (seed === misbehavior.grows && hoard.length < 6) hoard.push(Buffer.alloc(32 * 2 ** 20, 1));
}
const hoard: Buffer[] = [];

function predict({ run, engine: name, blobs }: RunCommand): void {
  const event = (sent: WorkerEvent): void => void process.send?.({ run, event: sent } satisfies WorkerMessage);
  event({ type: 'started', engine: { name, versions: {}, device: 'cpu' }, pid: process.pid, resumedAt: 0 });
  const [softmax, labels] = [new BlobStore(blobs).put(Buffer.alloc(8)), new BlobStore(blobs).put(Buffer.alloc(2))];
  event({ type: 'done', result: { kind: 'predictions', softmax, labels, count: 1, classes: 2 } });
}

function leaveIfDone(): void {
  if (!leaving || works.size > 0) return;
  process.once('disconnect', () => process.exit(0));
  process.disconnect();
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  const command = workerCommandSchema.parse(message);
  if (command.type === 'stop') {
    leaving ||= command.run === undefined;
    for (const work of works.values()) work.stopAsked ||= leaving || work.run === command.run;
    return leaveIfDone();
  }
  if (command.task.kind === 'predictions') return predict(command);
  const work = {
    run: command.run,
    blobs: new BlobStore(command.blobs),
    task: trainTask(command.task),
    stopAsked: false,
  };
  works.set(work.run, work);
  run(command, work)
    .catch((error: unknown) => tell(work, { type: 'failed', message: String(error), detail: '' }))
    .finally(() => {
      works.delete(work.run);
      leaveIfDone();
    });
});
