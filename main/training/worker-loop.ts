import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { type RunCommand, type Task, workerCommandSchema, type WorkerEvent } from '../contract/run.ts';
import { BlobStore } from '../files/blobs.ts';
import { runCandidates } from './candidates-run.ts';
import { runClassifier } from './classifier-run.ts';
import type { Engine } from './engines/engine.ts';
import { openEngine } from './engines/open.ts';
import { runGenerator } from './generator-run.ts';
import { runPredictions } from './predictions-run.ts';
import { type Outcome, Pulse, type RunContext } from './run-context.ts';
import { runStimuli } from './stimuli-run.ts';
import { readTensorFileMeta } from './tensor-file.ts';
import { checkedMeta } from './weights.ts';
import type { WorkerPort } from './worker-port.ts';

/**
 * A worker: does the runs that its parent sends, one after another, and leaves when told to stop (after a checkpoint) or
 * when its parent is gone (at once: the parent would have kept any checkpoint).
 */
export class WorkerLoop {
  readonly #port: WorkerPort;
  readonly #leave: (code: number) => void;
  readonly #pulse: Pulse;
  #engine: { name: string; threads: number; engine: Engine } | undefined;
  #queue: Promise<void> = Promise.resolve();
  #busy = 0;

  /** `leave` ends the process, with all that was sent delivered. */
  constructor(port: WorkerPort, leave: (code: number) => void) {
    this.#port = port;
    this.#leave = leave;
    this.#pulse = new Pulse((event) => port.send(event));
  }

  start(): void {
    this.#port.onMessage((message) => this.#receive(message));
    this.#port.onClose(() => this.#leave(0));
  }

  #receive(message: unknown): void {
    const parsed = workerCommandSchema.safeParse(message);
    if (!parsed.success) {
      const detail = `${z.prettifyError(parsed.error)}\n${JSON.stringify(message)?.slice(0, 2000)}`;
      this.#port.send({ type: 'failed', message: 'The worker was sent a command that is not valid', detail });
    } else if (parsed.data.type === 'stop') {
      this.#pulse.stop();
      if (this.#busy === 0) this.#leave(0);
    } else {
      const command = parsed.data;
      this.#busy++;
      this.#queue = this.#queue.then(() => this.#run(command));
    }
  }

  async #run(command: RunCommand): Promise<void> {
    this.#port.send(await this.#outcome(command));
    this.#busy--;
    if (this.#pulse.stopping && this.#busy === 0) this.#leave(0);
  }

  /** The last event of a run. */
  async #outcome(command: RunCommand): Promise<WorkerEvent> {
    try {
      const engine = await this.#open(command);
      const blobs = new BlobStore(command.blobs);
      const { checkpoint } = command;
      const resumedAt = checkpoint === null ? 0 : stepOf(checkpoint, blobs);
      this.#port.send({ type: 'started', engine: engine.description, pid: process.pid, resumedAt });
      const outcome = await perform(command.task, {
        engine,
        blobs,
        checkpoint,
        report: (event) => this.#port.send(event),
        pulse: this.#pulse,
      });
      return 'result' in outcome
        ? { type: 'done', result: outcome.result }
        : { type: 'stopped', step: outcome.stoppedAt };
    } catch (error) {
      return failure(error);
    }
  }

  /** tfjs has one backend a process, and TensorFlow takes its threads when it starts. */
  async #open({ engine: name, threads }: RunCommand): Promise<Engine> {
    this.#engine ??= { name, threads, engine: await openEngine(name, { threads }) };
    if (this.#engine.name === name && this.#engine.threads === threads) return this.#engine.engine;
    throw new Error(`this worker has ${this.#engine.name} with ${this.#engine.threads} threads open, not ${name}`);
  }
}

function perform(task: Task, context: RunContext): Promise<Outcome> {
  switch (task.kind) {
    case 'classifier':
      return runClassifier(task, context);
    case 'generator':
      return runGenerator(task, context);
    case 'candidates':
      return runCandidates(task, context);
    case 'stimuli':
      return runStimuli(task, context);
    case 'predictions':
      return runPredictions(task, context);
  }
}

/** Every checkpoint says at which step it was taken. */
function stepOf(checkpoint: string, blobs: BlobStore): number {
  const where = blobs.path(checkpoint);
  return checkedMeta(z.looseObject({ step: z.int() }), readTensorFileMeta(blobs.get(checkpoint), where), where).step;
}

function failure(error: unknown): WorkerEvent {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof UserError) return { type: 'failed', message: error.format(), detail: stack };
  return { type: 'failed', message: error instanceof Error ? error.message : String(error), detail: stack };
}
