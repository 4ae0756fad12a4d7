import { UserError } from '../../contract/wire/errors.ts';
import type { ClassifierResult, Snapshot, Task } from '../../contract/runs/run.ts';
import { accuracySeries, trainingSeries } from '../../domain/numbers/trend.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { evaluationSettings } from '../architectures/classifiers.ts';
import { loadTaskDataSet } from '../data/load/task-data.ts';
import { CheckpointTimer, type Outcome, Reporter, type RunContext } from '../run-context.ts';
import { type ClassifierCheckpoint, decodeClassifierCheckpoint, encodeClassifierCheckpoint } from './checkpoint.ts';
import { countErrors, type ErrorCount } from './evaluation.ts';
import {
  type BudgetPlan,
  expectedEnd,
  explainLossMiss,
  isEvaluated,
  meanLoss,
  needsLosses,
  nextKeptStep,
  pendingBudgets,
  planBudgets,
  usedUp,
} from './budget-stop.ts';
import {
  decide,
  endsPast,
  errorLimit,
  explainMiss,
  initialState,
  knownCount,
  planStop,
  type StopPlan,
  type StopState,
  type TargetBand,
} from './target-stop.ts';
import {
  type CountedStep,
  explainTrendMiss,
  firstTrendEvaluation,
  landOnTrend,
  nextTrendEvaluation,
  stepsOnTrend,
  type TrendLanding,
  trendLimit,
} from './trend-stop.ts';
import { withSoftLabels } from './soft-labels.ts';
import { readStart } from './start.ts';
import { splitValidation, type TestSplit } from './validation.ts';
import { ClassifierTrainer, type CreateTrainer, type TrainedStep, type Trainer, type TrainerState } from './trainer.ts';
import { compareTargets, halfLanding, isAccuracy, targetTitle } from '../../domain/numbers/targets.ts';
import type { Target } from '../../contract/recipes/recipes.ts';
import type { ParameterValues } from '../weights/weights.ts';

export type ClassifierTask = Extract<Task, { kind: 'classifier' }>;

/** Milliseconds. */
const checkpointInterval = 20_000;

/** Metric: how many steps a run went back, at the step that it went back to. */
export const rewindSeries = 'steps gone back';

/**
 * Trains a classifier until it has met every target, or to its last epoch, and keeps a snapshot at each target.
 *
 * The state after the last evaluation (or of the start) stays in memory. The run goes back to it when it stepped over a
 * target, and checkpoints contain it; so a stop costs the few steps since. Resumed from any checkpoint, the run gives
 * the same snapshots, byte for byte.
 * @param createTrainer trains the classifier alone by default
 * @throws UserError if the recipe or the data set is unsuitable
 */
export async function runClassifier(
  task: ClassifierTask,
  context: RunContext,
  createTrainer?: CreateTrainer,
): Promise<Outcome> {
  const { recipe, seed } = task;
  if (recipe.landing === 'half')
    throw new UserError('recipe.half-landing', halfLanding.what, 'recipe.landing', halfLanding.remedy);
  const loaded = loadTaskDataSet(task, context.blobs);
  const { data: own, split } =
    recipe.landing === 'validation' ? splitValidation(loaded) : { data: loaded, split: null };
  const data = withSoftLabels(own, recipe.softLabels, context.blobs);
  const trainer = createTrainer
    ? await createTrainer(recipe, seed, data)
    : new ClassifierTrainer(context.engine, recipe, seed, data);
  try {
    const start = await prepare(task, context, trainer, {
      split,
      testCount: split?.deciding.length ?? data.test.count,
      parameters: () => (recipe.start === undefined ? null : readStart(recipe.start, recipe, data, context.blobs)),
    });
    return await new ClassifierRun(task, context, trainer, start).run();
  } finally {
    trainer.dispose();
  }
}

interface Start {
  plan: StopPlan;
  budget: BudgetPlan;
  split: TestSplit | null;
  /** State before the first step, of a run that lands on its trend: it trains to its snapshots once more. */
  first: TrainerState | null;
  saved: ClassifierCheckpoint;
}

interface Given {
  split: TestSplit | null;
  testCount: number;
  /** Parameters that the recipe starts from; null: those that its seed gave. */
  parameters: () => ParameterValues | null;
}

/** When the run stops, and the state that it starts from: the checkpoint's, or a new one. */
async function prepare(
  { recipe }: ClassifierTask,
  { checkpoint, blobs }: RunContext,
  trainer: Trainer,
  { split, testCount, parameters }: Given,
): Promise<Start> {
  const lastStep = Math.max(1, Math.floor(recipe.maxEpochs * trainer.stepsPerEpoch));
  const budget = planBudgets(recipe, trainer.stepsPerEpoch, lastStep);
  const plan = planStop({
    targets: recipe.targets.filter(isAccuracy),
    tolerance: recipe.tolerance,
    testCount,
    interval: evaluationSettings(recipe.architecture.kind).interval,
    lastStep,
  });
  // A run that resumes needs its start only if it lands on its trend.
  const start = checkpoint === null || recipe.landing === 'trend' ? parameters() : null;
  if (start) await trainer.restore({ ...(await trainer.readState()), parameters: start });
  const first = recipe.landing === 'trend' ? await trainer.readState() : null;
  if (checkpoint !== null) {
    const saved = decodeClassifierCheckpoint(blobs.get(checkpoint), testCount, blobs.path(checkpoint));
    await trainer.restore(saved.training);
    return { plan, budget, split, first, saved };
  }
  const training = await trainer.readState();
  const times = { trainMs: 0, evaluateMs: 0 };
  const margins = new Float32Array(testCount);
  const initial = initialState(plan);
  const next = plan.bands.length > 0 ? {} : { nextEvaluation: nextKeptStep(budget, 0) };
  const losses = needsLosses(budget) ? [] : undefined;
  const begun = { step: 0, training, margins, snapshots: [], times, losses, stop: { ...initial, ...next } };
  if (first === null) return { plan, budget, split, first, saved: begun };
  const stop = { ...begun.stop, nextEvaluation: firstTrendEvaluation(plan.lastStep) };
  return { plan, budget, split, first, saved: { ...begun, stop, counted: [] } };
}

/** Misclassified images of those whose accuracy a snapshot shows. */
interface ShownErrors {
  errors: number;
  testCount: number;
}

class ClassifierRun {
  readonly #task: ClassifierTask;
  readonly #context: RunContext;
  readonly #trainer: Trainer;
  readonly #plan: StopPlan;
  readonly #budget: BudgetPlan;
  readonly #split: TestSplit | null;
  readonly #first: TrainerState | null;
  readonly #reporter: Reporter;
  readonly #timer = new CheckpointTimer(checkpointInterval);
  #saved: ClassifierCheckpoint;
  #storedStep: number;
  /** Since the last evaluation. */
  #trained: TrainedStep[] = [];

  constructor(
    task: ClassifierTask,
    context: RunContext,
    trainer: Trainer,
    { plan, budget, split, first, saved }: Start,
  ) {
    this.#task = task;
    this.#context = context;
    this.#trainer = trainer;
    this.#reporter = new Reporter(context.report);
    this.#plan = plan;
    this.#budget = budget;
    this.#split = split;
    this.#first = first;
    this.#saved = saved;
    this.#storedStep = saved.step;
  }

  async run(): Promise<Outcome> {
    const { control } = this.#context;
    let { step } = this.#saved;
    while (this.#isPending() && step < this.#plan.lastStep) {
      step++;
      await this.#train(step);
      await control.yield();
      const isDue = step === this.#saved.stop.nextEvaluation || this.#usedUp(step).length > 0;
      if (isDue) step = await (this.#first ? this.#evaluateTrend(step) : this.#evaluate(step));
      if (control.stopping) return { stoppedAt: this.#storeCheckpoint() };
      if (this.#timer.isDue()) this.#storeCheckpoint();
    }
    if (this.#first && !(await this.#takeTrendSnapshots(this.#first))) return { stoppedAt: this.#storeCheckpoint() };
    this.#reporter.flush();
    return { result: this.#result(step) };
  }

  #isPending(): boolean {
    const { stop, snapshots } = this.#saved;
    return stop.pending.length > 0 || pendingBudgets(this.#budget, snapshots).length > 0;
  }

  /** Losses that the next mean may need, up to the newest step; undefined: no target is a loss. */
  #losses(): number[] | undefined {
    const { losses } = this.#saved;
    return losses && [...losses, ...this.#trained.map(({ loss }) => loss)].slice(-this.#budget.window);
  }

  #usedUp(step: number) {
    const loss = meanLoss(this.#budget, this.#losses() ?? []);
    return usedUp(pendingBudgets(this.#budget, this.#saved.snapshots), step, loss);
  }

  async #train(step: number): Promise<void> {
    const start = performance.now();
    this.#trained.push(await this.#trainer.train(step));
    this.#saved.times.trainMs += performance.now() - start;
  }

  /** Evaluates after `step` and gives the step to continue from. A stop meanwhile leaves everything unchanged. */
  async #evaluate(step: number): Promise<number> {
    const start = performance.now();
    const { stop: before, times } = this.#saved;
    const budgets = this.#usedUp(step);
    const waits = before.pending.length > 0;
    if (!waits && budgets.length === 0 && !isEvaluated(this.#budget, step)) return this.#keep(step);
    const margins = this.#saved.margins.slice();
    const limit = budgets.length > 0 || !waits ? this.#plan.testCount : errorLimit(this.#plan, before, step);
    const count = knownCount(before, step) ?? (await this.#countErrors(margins, limit));
    if (!count) return step;
    const decision = decide(this.#plan, before, step, count);
    const targets = [
      ...decision.met.map((band) => at(this.#plan.bands, band).target),
      ...budgets.map((of) => of.target),
    ];
    const shown = targets.length > 0 ? await this.#shownErrors(count) : null;
    if (targets.length > 0 && !shown) return step;
    const training = await this.#trainer.readState();
    const met = targets.flatMap((target) => (shown ? [this.#snapshot(step, target, shown, training)] : []));
    const snapshots = [...this.#saved.snapshots, ...met];
    const losses = this.#losses();
    const stop =
      decision.state.pending.length > 0
        ? decision.state
        : { ...decision.state, nextEvaluation: nextKeptStep(this.#budget, step) };
    this.#reportEvaluation(step, count, decision.state, snapshots);
    this.#trained = [];
    if (decision.rewind) {
      await this.#trainer.restore(this.#saved.training);
      this.#reporter.metric(rewindSeries, this.#saved.step, step - this.#saved.step);
      this.#saved = { ...this.#saved, stop, margins, snapshots };
    } else {
      this.#saved = { step, training, stop, margins, snapshots, losses, times };
    }
    times.evaluateMs += performance.now() - start;
    return this.#saved.step;
  }

  /** Keeps the state of a run that waits for no accuracy, without an evaluation. */
  async #keep(step: number): Promise<number> {
    const training = await this.#trainer.readState();
    const nextEvaluation = nextKeptStep(this.#budget, step);
    this.#reportTrained(step);
    const note = `loss ${this.#meanTrained(({ loss }) => loss).toFixed(4)}, ${this.#onTheWay(this.#saved.snapshots)}`;
    this.#reporter.progress(step, this.#expectedEnd(step, this.#saved.snapshots), note);
    const losses = this.#losses();
    this.#trained = [];
    this.#saved = { ...this.#saved, step, training, losses, stop: { ...this.#saved.stop, nextEvaluation } };
    return step;
  }

  /** `#evaluate` for a run that lands on its trend: it takes its snapshots once it knows where they are. */
  async #evaluateTrend(step: number): Promise<number> {
    const start = performance.now();
    const { stop: before, times } = this.#saved;
    const margins = this.#saved.margins.slice();
    const count = await this.#countErrors(margins, trendLimit(this.#plan, before.pending, step));
    if (!count) return step;
    const training = await this.#trainer.readState();
    const { errors } = count;
    const counted = [...(this.#saved.counted ?? []), ...(errors === null ? [] : [{ step, errors }])];
    const { pending: _, ...decided } = decide(this.#plan, before, step, count).state;
    const pending = before.pending.filter((band) => this.#landing(counted, step, band).kind === 'open');
    const nextEvaluation = nextTrendEvaluation(step, this.#plan.lastStep);
    const stop = { ...decided, pending, nextEvaluation, replay: null };
    this.#reportEvaluation(step, count, stop, []);
    this.#trained = [];
    this.#saved = { ...this.#saved, step, training, stop, margins, counted };
    times.evaluateMs += performance.now() - start;
    return step;
  }

  #landing(counted: readonly CountedStep[], until: number, band: number): TrendLanding {
    const { target } = at(this.#plan.bands, band);
    return landOnTrend(counted, until, this.#plan.testCount, { target, tolerance: this.#task.recipe.tolerance });
  }

  /**
   * Trains from the start to each step where the trend met a target: the same weights as before, which the search did
   * not keep. False if the run has to stop; it begins this anew when it resumes.
   */
  async #takeTrendSnapshots(first: TrainerState): Promise<boolean> {
    const { control } = this.#context;
    const { counted = [], step: until } = this.#saved;
    const landings = this.#plan.bands
      .flatMap((band, index) => {
        const landing = this.#landing(counted, until, index);
        return landing.kind === 'landed' ? [{ band, ...landing }] : [];
      })
      .sort((a, b) => a.step - b.step);
    await this.#trainer.restore(first);
    const snapshots: Snapshot[] = [];
    let step = 0;
    const last = landings.at(-1)?.step ?? 0;
    for (const { band, step: landed, errors } of landings) {
      while (step < landed) {
        await this.#train(++step);
        this.#reporter.progress(until + step, until + last, 'repeats the training up to its snapshots');
        await control.yield();
        if (control.stopping) return false;
      }
      const { testCount } = this.#plan;
      snapshots.push(this.#snapshot(step, band.target, { errors, testCount }, await this.#trainer.readState()));
    }
    this.#saved = { ...this.#saved, snapshots };
    return true;
  }

  #countErrors(margins: Float32Array, limit: number): Promise<ErrorCount | null> {
    const { control } = this.#context;
    const { skipped, totals } = this.#saved.stop;
    const { chunks } = evaluationSettings(this.#task.recipe.architecture.kind);
    return countErrors({ margins, skipped, evaluations: totals.evaluations }, limit, chunks, async (images) => {
      await control.yield();
      const { deciding } = this.#split ?? {};
      const chosen = deciding ? images.map((position) => at(deciding, position)) : images;
      return control.stopping ? null : this.#trainer.testMargins(chosen);
    });
  }

  /**
   * Errors of a snapshot among test images: those that decided, or all after validation images did. Null if the run has
   * to stop.
   */
  async #shownErrors({ errors }: ErrorCount): Promise<ShownErrors | null> {
    if (errors === null) throw new Error('only a full evaluation can meet a target');
    if (!this.#split) return { errors, testCount: this.#plan.testCount };
    const { control } = this.#context;
    const { other } = this.#split;
    const { size } = evaluationSettings(this.#task.recipe.architecture.kind).chunks;
    let right = 0;
    for (let from = 0; from < other.length; from += size) {
      await control.yield();
      if (control.stopping) return null;
      const margins = await this.#trainer.testMargins(other.subarray(from, from + size));
      right += margins.filter((margin) => margin > 0).length;
    }
    return { errors: other.length - right, testCount: other.length };
  }

  #snapshot(
    step: number,
    target: Target,
    { errors, testCount }: ShownErrors,
    training: ClassifierCheckpoint['training'],
  ): Snapshot {
    const weights = this.#context.blobs.put(this.#trainer.encodeWeights(training.parameters));
    const snapshot = { target, step, errors, testCount, accuracy: (100 * (testCount - errors)) / testCount, weights };
    this.#context.report({ type: 'snapshot', snapshot });
    return snapshot;
  }

  /** Mean over the steps since the last evaluation, or since the state was last kept. */
  #meanTrained(value: (trained: TrainedStep) => number): number {
    return this.#trained.reduce((sum, trained) => sum + value(trained), 0) / this.#trained.length;
  }

  #reportTrained(step: number): void {
    const loss = this.#meanTrained((trained) => trained.loss);
    const right = this.#meanTrained((trained) => trained.right);
    this.#reporter.metric('loss', step, loss);
    this.#reporter.metric(trainingSeries, step, (100 * right) / this.#task.recipe.batch);
  }

  #onTheWay(snapshots: readonly Snapshot[]): string {
    const last = pendingBudgets(this.#budget, snapshots).at(-1);
    return last ? `on the way to ${targetTitle(last.target)}` : 'all targets met';
  }

  /** The step at which a run that waits for no accuracy will end. */
  #expectedEnd(step: number, snapshots: readonly Snapshot[]): number {
    return Math.max(step, expectedEnd(pendingBudgets(this.#budget, snapshots), this.#plan.lastStep));
  }

  #reportEvaluation(
    step: number,
    { errors, estimate, evaluated }: ErrorCount,
    stop: StopState,
    snapshots: readonly Snapshot[],
  ): void {
    const { pending } = stop;
    const { testCount, bands, lastStep } = this.#plan;
    const accuracy = (100 * (testCount - estimate)) / testCount;
    this.#reportTrained(step);
    const onValidation = this.#task.recipe.landing === 'validation';
    const series = accuracySeries(this.#task.recipe.landing);
    this.#reporter.metric(errors === null ? series.estimated : series.counted, step, accuracy);
    this.#reporter.metric('images looked at', step, evaluated);
    // Errors fall about as 1 / step, so the last target is as many times farther as it allows fewer errors.
    const hardest = bands[Math.max(...pending)];
    const reach = hardest ? (step * estimate) / Math.max(1, hardest.center) : this.#expectedEnd(step, snapshots);
    const of = onValidation ? ' of the validation images' : '';
    const at = `at ${accuracy.toFixed(2)} %${of}`;
    // Epochs and losses that are still to come keep it going.
    const goesOn = this.#first || pendingBudgets(this.#budget, snapshots).length > 0;
    const end = goesOn ? null : endsPast(stop);
    if (end !== null && hardest) {
      const last = Math.min(end, lastStep);
      this.#reporter.progress(step, last, `${at}, past ${hardest.target} %; ends at step ${last} unless it comes back`);
      return;
    }
    const way = hardest ? `on the way to ${hardest.target} %` : this.#onTheWay(snapshots);
    const total = this.#first ? stepsOnTrend(step, reach, lastStep) : Math.min(lastStep, Math.max(step, reach));
    this.#reporter.progress(step, Math.round(total), `${at}, ${way}`);
  }

  /** Stores the saved state unless that is done already, and gives its step. */
  #storeCheckpoint(): number {
    const { step } = this.#saved;
    this.#timer.restart();
    if (step > this.#storedStep) {
      const hash = this.#context.blobs.put(encodeClassifierCheckpoint(this.#saved));
      this.#reporter.flush();
      this.#context.report({ type: 'checkpoint', step, hash });
      this.#storedStep = step;
    }
    return this.#storedStep;
  }

  #result(steps: number): ClassifierResult {
    const { stop, snapshots, times } = this.#saved;
    const { bands, testCount } = this.#plan;
    const met = new Set(snapshots.map(({ target }) => target));
    const images = this.#task.recipe.landing === 'validation' ? 'validation images' : 'test images';
    const left = [...bands.keys()].filter((band) => !met.has(at(bands, band).target));
    const missed = left.map((band) => {
      const errors = stop.nearest[band] ?? null;
      return {
        target: (bands[band] as TargetBand).target,
        nearestAccuracy: errors === null ? null : (100 * (testCount - errors)) / testCount,
        why: this.#first
          ? explainTrendMiss(stop.pending.includes(band), this.#task.recipe.maxEpochs)
          : explainMiss(this.#plan, stop, band, this.#task.recipe.maxEpochs, images),
        passed: this.#first ? !stop.pending.includes(band) : stop.sides[band] === 'below',
      };
    });
    const unspent = pendingBudgets(this.#budget, snapshots).map((budget) => ({
      target: budget.target,
      nearestAccuracy: null,
      why: explainLossMiss(budget, this.#budget, this.#losses() ?? [], this.#task.recipe.maxEpochs),
    }));
    return {
      kind: 'classifier',
      snapshots: [...snapshots].sort((a, b) => compareTargets(a.target, b.target)),
      missed: [...missed, ...unspent],
      steps,
      looks: stop.totals.evaluations,
      fullLooks: stop.totals.fullEvaluations,
      imagesLooked: stop.totals.imagesEvaluated,
      trainMs: times.trainMs,
      lookMs: times.evaluateMs,
    };
  }
}
