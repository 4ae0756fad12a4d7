import type { ClassifierResult, Snapshot, Task } from '../../contract/run.ts';
import { type ClassifierCheckpoint, decodeClassifierCheckpoint, encodeClassifierCheckpoint } from './checkpoint.ts';
import { ClassifierTrainer, type CreateTrainer, type Trainer } from './trainer.ts';
import { type Count, countErrors } from './evaluation.ts';
import { loadTaskDataSet } from '../data/data-set.ts';
import {
  type Band,
  decide,
  explainMiss,
  knownCount,
  type LandingPlan,
  planLanding,
  rejectAbove,
  rhythms,
  startLanding,
} from './target-stop.ts';
import { partPlans } from './evaluation-chunks.ts';
import { CheckpointClock, type Outcome, Reporter, type RunContext } from '../run-context.ts';

export type ClassifierTask = Extract<Task, { kind: 'classifier' }>;

const checkpointInterval = 20_000;

/** How many steps a run went back, at the step that it went back to. */
export const wentBackSeries = 'steps gone back';

/**
 * Trains a classifier until every target has been met, or to its last epoch, and keeps a snapshot at each target.
 *
 * The state after the last look (or of the start) is held in memory. It is what the run goes back to when it stepped
 * over a target, and what a checkpoint contains; so a stop costs the few steps since. Resumed from any checkpoint, the
 * run gives the same snapshots, byte for byte.
 * @param createTrainer trains the classifier alone by default
 * @throws UserError for what the recipe or the data set got wrong
 */
export async function runClassifier(
  task: ClassifierTask,
  context: RunContext,
  createTrainer?: CreateTrainer,
): Promise<Outcome> {
  const { recipe, seed } = task;
  const data = loadTaskDataSet(task);
  const trainer = createTrainer
    ? await createTrainer(recipe, seed, data)
    : new ClassifierTrainer(context.engine, recipe, seed, data);
  try {
    const start = await begin(task, context, trainer, data.test.count);
    return await new ClassifierRun(task, context, trainer, start).run();
  } finally {
    trainer.dispose();
  }
}

/** What a run starts from. */
interface Start {
  plan: LandingPlan;
  held: ClassifierCheckpoint;
}

/** The landing that a recipe asks for, and the state to start from: the checkpoint's, or a new one. */
async function begin(
  { recipe }: ClassifierTask,
  { checkpoint, blobs }: RunContext,
  trainer: Trainer,
  testCount: number,
): Promise<Start> {
  const plan = planLanding({
    targets: recipe.targets,
    tolerance: recipe.tolerance,
    testCount,
    rhythm: rhythms[recipe.architecture.kind],
    lastStep: Math.max(1, Math.floor(recipe.maxEpochs * trainer.stepsPerEpoch)),
  });
  if (checkpoint !== null) {
    const held = decodeClassifierCheckpoint(blobs.get(checkpoint), testCount, blobs.path(checkpoint));
    await trainer.restore(held.training);
    return { plan, held };
  }
  const training = await trainer.state();
  const landing = startLanding(plan);
  const times = { trainMs: 0, lookMs: 0 };
  return { plan, held: { step: 0, training, landing, margins: new Float32Array(testCount), snapshots: [], times } };
}

class ClassifierRun {
  readonly #task: ClassifierTask;
  readonly #context: RunContext;
  readonly #trainer: Trainer;
  readonly #plan: LandingPlan;
  readonly #reporter: Reporter;
  readonly #clock = new CheckpointClock(checkpointInterval);
  #held: ClassifierCheckpoint;
  #storedStep: number;
  #losses: number[] = [];

  constructor(task: ClassifierTask, context: RunContext, trainer: Trainer, start: Start) {
    this.#task = task;
    this.#context = context;
    this.#trainer = trainer;
    this.#reporter = new Reporter(context.report);
    this.#plan = start.plan;
    this.#held = start.held;
    this.#storedStep = start.held.step;
  }

  async run(): Promise<Outcome> {
    const { pulse } = this.#context;
    let { step } = this.#held;
    while (this.#held.landing.pending.length > 0 && step < this.#plan.lastStep) {
      step++;
      await this.#train(step);
      await pulse.beat();
      if (step === this.#held.landing.nextLook) step = await this.#look(step);
      if (pulse.stopping) return { stoppedAt: this.#store() };
      if (this.#clock.due()) this.#store();
    }
    this.#reporter.flush();
    return { result: this.#result(step) };
  }

  async #train(step: number): Promise<void> {
    const start = performance.now();
    this.#losses.push(await this.#trainer.train(step));
    this.#held.times.trainMs += performance.now() - start;
  }

  /**
   * Looks at the accuracy after `step`, and gives the step to go on from: this one, or that of the look before. A stop
   * in the middle leaves everything as it was.
   */
  async #look(step: number): Promise<number> {
    const start = performance.now();
    const { landing: before, times } = this.#held;
    const margins = this.#held.margins.slice();
    const count = knownCount(before, step) ?? (await this.#count(margins, rejectAbove(this.#plan, before, step)));
    if (!count) return step;
    const decision = decide(this.#plan, before, step, count);
    const training = await this.#trainer.state();
    const landed = decision.landed.map((band) => this.#snapshot(step, this.#plan.bands[band] as Band, count, training));
    const snapshots = [...this.#held.snapshots, ...landed];
    this.#reportLook(step, count, decision.state.pending);
    this.#losses = [];
    if (decision.rewind) {
      await this.#trainer.restore(this.#held.training);
      this.#reporter.metric(wentBackSeries, this.#held.step, step - this.#held.step);
      this.#held = { ...this.#held, landing: decision.state, margins, snapshots };
    } else {
      this.#held = { step, training, landing: decision.state, margins, snapshots, times };
    }
    times.lookMs += performance.now() - start;
    return this.#held.step;
  }

  #count(margins: Float32Array, limit: number): Promise<Count | null> {
    const { pulse } = this.#context;
    const { tail, tally } = this.#held.landing;
    const parts = partPlans[this.#task.recipe.architecture.kind];
    return countErrors({ margins, tail, looks: tally.looks }, limit, parts, async (images) => {
      await pulse.beat();
      return pulse.stopping ? null : this.#trainer.measure(images);
    });
  }

  #snapshot(step: number, { target }: Band, { errors }: Count, training: ClassifierCheckpoint['training']): Snapshot {
    if (errors === null) throw new Error('only a full count can meet a target');
    const { testCount } = this.#plan;
    const weights = this.#context.blobs.put(this.#trainer.encodeWeights(training.parameters));
    const snapshot = { target, step, errors, testCount, accuracy: (100 * (testCount - errors)) / testCount, weights };
    this.#context.report({ type: 'snapshot', snapshot });
    return snapshot;
  }

  #reportLook(step: number, { errors, estimate, seen }: Count, pending: readonly number[]): void {
    const { testCount, bands, lastStep } = this.#plan;
    const accuracy = (100 * (testCount - estimate)) / testCount;
    const loss = this.#losses.reduce((sum, value) => sum + value, 0) / this.#losses.length;
    this.#reporter.metric('loss', step, loss);
    this.#reporter.metric(errors === null ? 'accuracy (estimated)' : 'accuracy', step, accuracy);
    this.#reporter.metric('images looked at', step, seen);
    // Errors fall about as 1 / step, so the last target is as many times farther as it allows fewer errors.
    const hardest = bands[Math.max(...pending)];
    const total = hardest ? (step * estimate) / Math.max(1, hardest.centre) : step;
    const note = hardest ? `at ${accuracy.toFixed(2)} %, on the way to ${hardest.target} %` : 'all targets met';
    this.#reporter.progress(step, Math.round(Math.min(lastStep, Math.max(step, total))), note);
  }

  /** Stores what is held, unless it is stored already, and gives its step. */
  #store(): number {
    const { step } = this.#held;
    this.#clock.done();
    if (step > this.#storedStep) {
      const hash = this.#context.blobs.put(encodeClassifierCheckpoint(this.#held));
      this.#reporter.flush();
      this.#context.report({ type: 'checkpoint', step, hash });
      this.#storedStep = step;
    }
    return this.#storedStep;
  }

  #result(steps: number): ClassifierResult {
    const { landing, snapshots, times } = this.#held;
    const { bands, testCount } = this.#plan;
    const missed = landing.pending.map((band) => {
      const errors = landing.nearest[band] ?? null;
      return {
        target: (bands[band] as Band).target,
        nearestAccuracy: errors === null ? null : (100 * (testCount - errors)) / testCount,
        why: explainMiss(this.#plan, landing, band, this.#task.recipe.maxEpochs),
      };
    });
    return {
      kind: 'classifier',
      snapshots: [...snapshots].sort((a, b) => a.target - b.target),
      missed,
      steps,
      ...landing.tally,
      ...times,
    };
  }
}
