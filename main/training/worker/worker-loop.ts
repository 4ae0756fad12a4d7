import { existsSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { z } from 'zod';
import { messageOf, UserError } from '../../contract/wire/errors.ts';
import type {
  ContributedTask,
  EngineDescription,
  RunCommand,
  Task,
  WorkerEvent,
  WorkerMessage,
} from '../../contract/runs/run.ts';
import { workerCommandSchema } from '../../contract/runs/run.ts';
import { BlobStore } from '../../files/blobs.ts';
import { entryModule } from '../../files/places.ts';
import type { ParentPort } from '../../processes/parent-port.ts';
import { runCandidates } from '../generator/candidates.ts';
import { runClassifier } from '../classifier/run.ts';
import type { CreateTrainer } from '../classifier/trainer.ts';
import type { Engine } from '../engines/engine.ts';
import { openEngine } from '../engines/open.ts';
import { runGenerator } from '../generator/run.ts';
import { runPredictions } from '../predictions/run.ts';
import { type Outcome, RunControl, type RunContext, type RunContributed } from '../run-context.ts';
import { runBlends, runTestImages, takeTestImages } from '../generator/real-images.ts';
import { runStimuli } from '../generator/stimuli.ts';
import { StackedTrainers } from '../stacked/trainers.ts';
import { readTensorFileMeta } from '../weights/tensor-file.ts';
import { checkedMeta } from '../weights/weights.ts';

/** Executes runs in turn, or sharing steps. Exits after checkpoints when told to stop, at once without a parent. */
export class WorkerLoop {
  readonly #port: ParentPort<WorkerMessage>;
  readonly #openBlobs: (folder: string) => BlobStore;
  readonly #engine = new WorkerEngine();
  /** By the number of the run. */
  readonly #controls = new Map<number, RunControl>();
  #stopping = false;
  /** The end of all runs so far, and of those that do not share their steps. */
  #all: Promise<unknown> = Promise.resolve();
  #unshared: Promise<unknown> = Promise.resolve();

  /** @param openBlobs the store in a folder */
  constructor(
    port: ParentPort<WorkerMessage>,
    openBlobs: (folder: string) => BlobStore = (folder) => new BlobStore(folder),
  ) {
    this.#port = port;
    this.#openBlobs = openBlobs;
  }

  start(): void {
    this.#port.onMessage((message) => this.#receive(message));
    this.#port.onClose(() => this.#port.leave(0));
  }

  #receive(message: unknown): void {
    const parsed = workerCommandSchema.safeParse(message);
    if (!parsed.success) {
      const detail = `${z.prettifyError(parsed.error)}\n${JSON.stringify(message)?.slice(0, 2000)}`;
      const refusal = { type: 'failed', message: 'The worker was sent a command that is not valid', detail } as const;
      this.#port.send({ run: null, event: refusal });
    } else if (parsed.data.type === 'run') {
      this.#start(parsed.data);
    } else if (parsed.data.run !== undefined) {
      this.#controls.get(parsed.data.run)?.stop();
    } else {
      this.#stopping = true;
      for (const control of this.#controls.values()) control.stop();
      this.#leaveIfDone();
    }
  }

  #start(command: RunCommand): void {
    const control = new RunControl((event) => this.#port.send({ run: command.run, event }));
    this.#controls.set(command.run, control);
    if (this.#stopping) control.stop();
    const shares = command.seedsPerStep !== undefined;
    const end = (shares ? this.#unshared : this.#all).then(() => this.#run(command, control));
    this.#all = Promise.all([this.#all, end]);
    if (!shares) this.#unshared = this.#all;
  }

  async #run(command: RunCommand, control: RunControl): Promise<void> {
    const event = await this.#outcome(command, control);
    // The parent may end this process with it.
    flushCompileCache();
    // Before the parent learns of the end: it may send the same run again.
    this.#controls.delete(command.run);
    this.#port.send({ run: command.run, event });
    this.#leaveIfDone();
  }

  #leaveIfDone(): void {
    if (this.#stopping && this.#controls.size === 0) this.#port.leave(0);
  }

  /** The last event of a run. */
  async #outcome(command: RunCommand, control: RunControl): Promise<WorkerEvent> {
    const send = (event: WorkerEvent): void => this.#port.send({ run: command.run, event });
    try {
      const { engine, description, createTrainer } = await this.#engine.open(command);
      const report = (event: WorkerEvent): void =>
        send(event.type === 'progress' ? timed(event, control, engine) : event);
      const blobs = this.#openBlobs(command.blobs);
      const { checkpoint } = command;
      const resumedAt = checkpoint === null ? 0 : checkpointStep(checkpoint, blobs);
      report({ type: 'started', engine: description, pid: process.pid, resumedAt });
      const context = { engine, blobs, checkpoint, report, control };
      const outcome = await executeTask(command.task, context, createTrainer);
      return 'result' in outcome
        ? { type: 'done', result: outcome.result }
        : { type: 'stopped', step: outcome.stoppedAt };
    } catch (error) {
      return failure(error);
    }
  }
}

/** Progress with the time that it took; processor time says nothing where another device computes. */
function timed(
  progress: Extract<WorkerEvent, { type: 'progress' }>,
  { times: { workedMs, processorMs } }: RunControl,
  { description }: Engine,
): WorkerEvent {
  const isOnProcessor = description.name !== 'webgpu' && description.device !== 'gpu';
  return { ...progress, workedMs, ...(isOnProcessor && { processorMs }) };
}

/** The engine for a run, its description for the run's provenance, and a trainer that shares steps if the run does. */
interface OpenedEngine {
  engine: Engine;
  description: EngineDescription;
  createTrainer?: CreateTrainer;
}

interface Opening {
  name: string;
  threads: number;
  engine: Promise<Engine>;
}

/** The one engine of a worker: tfjs has one backend per process, and TensorFlow reads its number of threads once. */
class WorkerEngine {
  #opening: Opening | undefined;
  #stacks: StackedTrainers | undefined;

  /** @throws UserError `engine.absent`, `engine.broken` */
  async open(command: Pick<RunCommand, 'engine' | 'threads' | 'seedsPerStep'>): Promise<OpenedEngine> {
    const { engine: name, threads, seedsPerStep } = command;
    this.#opening ??= { name, threads, engine: openEngine(name, { threads }) };
    const opening = this.#opening;
    if (opening.name !== name || opening.threads !== threads) {
      throw new Error(`this worker has ${opening.name} with ${opening.threads} threads open, not ${name}`);
    }
    const engine = await opening.engine;
    if (seedsPerStep === undefined) return { engine, description: engine.description };
    const { description } = engine;
    const versions = { ...description.versions, 'seeds per step': String(seedsPerStep) };
    this.#stacks ??= new StackedTrainers(engine);
    const stacks = this.#stacks;
    return {
      engine,
      description: { ...description, versions },
      createTrainer: (recipe, seed, data) => stacks.join(recipe, seed, data, seedsPerStep),
    };
  }
}

function executeTask(task: Task, context: RunContext, createTrainer?: CreateTrainer): Promise<Outcome> {
  switch (task.kind) {
    case 'classifier':
      return runClassifier(task, context, createTrainer);
    case 'generator':
      return runGenerator(task, context);
    case 'candidates':
      return 'generator' in task ? runCandidates(task, context) : runTestImages(task, context);
    case 'stimuli':
      if ('generator' in task) return runStimuli(task, context);
      return 'ways' in task ? runBlends(task, context) : takeTestImages(task, context);
    case 'predictions':
      return runPredictions(task, context);
    default:
      return runContributed(task, context);
  }
}

/** @throws UserError `run.missing-contribution` */
async function runContributed(task: ContributedTask, context: RunContext): Promise<Outcome> {
  const entry = entryModule(`contributions/${task.kind}/run`);
  if (!existsSync(entry))
    throw new UserError(
      'run.missing-contribution',
      `This version of the program lacks what does runs of the kind "${task.kind}"`,
      entry,
      'Use the complete program.',
    );
  const loaded: { default: RunContributed } = await import(entry);
  return loaded.default(task, context);
}

/** The step at which a checkpoint of any kind was taken. */
function checkpointStep(checkpoint: string, blobs: BlobStore): number {
  const where = blobs.path(checkpoint);
  return checkedMeta(z.looseObject({ step: z.int() }), readTensorFileMeta(blobs.get(checkpoint), where), where).step;
}

function failure(error: unknown): Extract<WorkerEvent, { type: 'failed' }> {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof UserError) return { type: 'failed', message: error.format(), detail: stack };
  return { type: 'failed', message: messageOf(error), detail: stack };
}
