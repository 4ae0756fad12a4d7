import { classifierRecipeSchema } from '../../../main/contract/recipes/recipes.ts';
import type { RunResult, Task, WorkerEvent } from '../../../main/contract/runs/run.ts';
import type { BlobStore } from '../../../main/files/blobs.ts';
import type { ClassifierTask } from '../../../main/training/classifier/run.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { type Outcome, RunControl, type RunContext } from '../../../main/training/run-context.ts';
import type { writeSmallMnist } from '../small-data.ts';

/** Requests a stop at the n-th yield, wherever the run is then: training, or in the middle of an evaluation. */
class StoppingControl extends RunControl {
  #remaining: number;

  constructor(yields: number, report: (event: WorkerEvent) => void) {
    super(report);
    this.#remaining = yields;
  }

  override async yield(): Promise<void> {
    if (--this.#remaining === 0) this.stop();
    await super.yield();
  }
}

/** A training of seconds. */
export const smallClassifier = (small: ReturnType<typeof writeSmallMnist>, recipe: object = {}): ClassifierTask => ({
  kind: 'classifier',
  ...small,
  seed: 5,
  recipe: classifierRecipeSchema.parse({
    architecture: { kind: 'mlp', hidden: [32] },
    batch: 32,
    optimiser: { stepSize: 2e-3 },
    targets: [80, 84],
    tolerance: 0.6,
    maxEpochs: 4,
    ...recipe,
  }),
});

/** Attempts at runs, which a test may stop. */
export function attempts(blobs: BlobStore, engine: () => Engine) {
  function context(
    checkpoint: string | null,
    stopAt = Infinity,
    on = engine(),
  ): RunContext & { events: WorkerEvent[] } {
    const events: WorkerEvent[] = [];
    const report = (event: WorkerEvent): void => void events.push(event);
    return { engine: on, blobs, checkpoint, report, events, control: new StoppingControl(stopAt, report) };
  }

  /** Runs to the end, stopped and taken up again every `stopEvery` beats, on each of the engines in turn. */
  async function runThrough<T extends Task>(
    run: (task: T, context: RunContext) => Promise<Outcome>,
    task: T,
    stopEvery = Infinity,
    engines = [engine()],
  ): Promise<{ result: RunResult; events: WorkerEvent[]; stops: number }> {
    let checkpoint: string | null = null;
    const events: WorkerEvent[] = [];
    for (let stops = 0; stops < 200; stops++) {
      // Each time a little longer, so that every run gets past the stretch to its first checkpoint.
      const attempt = context(checkpoint, stopEvery + stops, engines[stops % engines.length]);
      const outcome = await run(task, attempt);
      events.push(...attempt.events);
      checkpoint = attempt.events.findLast((event) => event.type === 'checkpoint')?.hash ?? checkpoint;
      if ('result' in outcome) return { result: outcome.result, events, stops };
    }
    throw new Error('the run did not end');
  }

  return { context, runThrough };
}

/** Without the times, which no two runs share. */
export function decided(result: RunResult): object {
  return result.kind === 'classifier' ? { ...result, trainMs: 0, lookMs: 0 } : result;
}
