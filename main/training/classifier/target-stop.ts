import { epochsText } from '../../contract/recipes/training-parts.ts';
import { accuracyMisfit, misfitError } from '../../domain/networks/trainable.ts';
import { formatFixed } from '../../domain/numbers/format.ts';
import { type ErrorBand, errorBand } from '../../domain/numbers/targets.ts';
import type { EvaluationInterval } from '../architectures/model.ts';
import type { ErrorCount, EvaluationTotals, SkippedSample } from './evaluation.ts';

/**
 * Early stopping at target accuracies: when a training evaluates its test accuracy, when a target is met, and when it
 * goes back to find a target that it stepped over. Pure functions on plain data; docs/training.md explains why.
 */

/** What meets `target` (percent). */
export interface TargetBand extends ErrorBand {
  target: number;
}

export interface StopPlan {
  /** Images that decide: all test images unless the recipe says otherwise. */
  testCount: number;
  /** The easiest target first: the one that allows the most errors. */
  bands: readonly TargetBand[];
  interval: EvaluationInterval;
  /** The run ends here, whether or not it met its targets. */
  lastStep: number;
}

/** On which side of a band the number of errors was at the last evaluation. */
export type Side = 'above' | 'below';

/** All that a run remembers from one evaluation to the next. */
export interface StopState {
  /** Targets neither met nor given up yet, as indices into the plan's bands. */
  pending: readonly number[];
  /** For each band: the side of the last evaluation. A run starts above all bands: it has learned nothing yet. */
  sides: readonly Side[];
  /** For each pending band: the step since which every evaluation was below it, null if the last one was not. */
  passed: readonly (number | null)[];
  /** For each pending band: errors at the evaluations before and after it was last passed; null: it was not, or nobody knows. */
  crossings: readonly (Crossing | null)[];
  /** Errors at the last evaluation, estimated where it stopped early; null before the first. */
  lastEstimate: number | null;
  lastEvaluation: number;
  nextEvaluation: number;
  /** A stretch of steps that is trained again with more evaluations, because it stepped over a band. */
  replay: Replay | null;
  /** For each band: the errors of the full evaluation that came nearest. */
  nearest: readonly (number | null)[];
  skipped: SkippedSample;
  totals: EvaluationTotals;
}

export interface Crossing {
  before: number;
  after: number;
}

interface Replay {
  /** Bands stepped over. */
  crossed: readonly number[];
  /** The step at which an evaluation noticed it, and the count of that evaluation, which needs no second one. */
  until: number;
  count: ErrorCount;
}

/** What follows from an evaluation. */
interface Decision {
  state: StopState;
  /** Bands met at this step, as indices. */
  met: readonly number[];
  /** Restore the weights of the previous evaluation, and continue from there with `state`. */
  rewind: boolean;
}

/** @throws UserError `recipe.target-out-of-reach` */
export function planStop(goal: {
  targets: readonly number[];
  tolerance: number;
  testCount: number;
  interval: EvaluationInterval;
  lastStep: number;
}): StopPlan {
  const { tolerance, testCount, interval, lastStep } = goal;
  const targets = [...new Set(goal.targets)].sort((a, b) => a - b);
  return { testCount, bands: targets.map((target) => targetBand(target, tolerance, testCount)), interval, lastStep };
}

export function targetBand(target: number, tolerance: number, testCount: number): TargetBand {
  const misfit = accuracyMisfit(target, tolerance, testCount);
  if (misfit) throw misfitError(misfit, 'recipe.targets, recipe.tolerance');
  return { target, ...errorBand(target, tolerance, testCount) };
}

export function initialState(plan: StopPlan): StopState {
  return {
    pending: plan.bands.map((_, band) => band),
    sides: plan.bands.map(() => 'above'),
    passed: plan.bands.map(() => null),
    crossings: plan.bands.map(() => null),
    lastEstimate: null,
    lastEvaluation: 0,
    nextEvaluation: Math.min(plan.interval.maxSteps, plan.lastStep),
    replay: null,
    nearest: plan.bands.map(() => null),
    skipped: { evaluated: 0, errors: 0 },
    totals: { evaluations: 0, fullEvaluations: 0, imagesEvaluated: 0 },
  };
}

/** More errors than this meet no pending target. The last evaluation of a run is complete, to report final accuracy. */
export function errorLimit(plan: StopPlan, state: StopState, step: number): number {
  if (step >= plan.lastStep) return plan.testCount;
  return Math.max(...state.pending.map((band) => (plan.bands[band] as TargetBand).high));
}

/** The count at `step` if the run has been there before; else null. */
export function knownCount(state: StopState, step: number): ErrorCount | null {
  return state.replay?.until === step ? state.replay.count : null;
}

/**
 * Decides after an evaluation at `step`.
 *
 * A full count within a pending band meets its target. The nearer the (estimated) errors are to a pending band, the
 * sooner the next evaluation comes: see `stepsToNextEvaluation`.
 *
 * If the run stepped over a band since the previous evaluation (or the start), it goes back there, once, and evaluates
 * after each step until it has found where. Batches, dropout and augmentation are functions of (seed, step), so these
 * are the same weights as before. A target missed in the replay is not sought again there; the run may still meet it
 * later, until it has been past it for as long as it took to get there (`isGivenUp`).
 */
export function decide(plan: StopPlan, before: StopState, step: number, count: ErrorCount): Decision {
  const met = before.pending.filter((band) => isMet(plan.bands[band] as TargetBand, count));
  const sides = plan.bands.map((band) => bandSide(band, count));
  const passed = sides.map((side, band) => {
    const since = before.passed[band] ?? null;
    // Sides of other bands mean little: an evaluation stops above the pending ones.
    if (!before.pending.includes(band)) return since;
    return side === 'below' ? (since ?? step) : null;
  });
  const pending = before.pending.filter((band) => !met.includes(band) && !isGivenUp(passed[band] ?? null, step));
  const state: StopState = {
    pending,
    sides,
    passed,
    crossings: passed.map((since, band) => {
      if (since === null) return null;
      return since === step ? crossing(before, count) : (before.crossings[band] ?? null);
    }),
    lastEstimate: count.estimate,
    lastEvaluation: step,
    nextEvaluation: Math.min(plan.lastStep, step + stepsToNextEvaluation(plan, pending, count.estimate)),
    replay: null,
    nearest: before.nearest.map((errors, band) => nearer(plan.bands[band] as TargetBand, errors, count)),
    skipped: count.skipped,
    totals: addEvaluation(before.totals, count),
  };
  if (before.replay) return { state: continueReplay(plan, state, before.replay, step), met, rewind: false };
  const crossed = pending.filter((band) => before.sides[band] !== sides[band]);
  if (crossed.length === 0 || step - before.lastEvaluation < 2) return { state, met, rewind: false };
  const replay = { crossed, until: step, count: { ...count, evaluated: 0 } };
  const { nearest, skipped, totals } = state;
  const learned = { pending, nearest, skipped, totals };
  return { state: { ...before, ...learned, nextEvaluation: before.lastEvaluation + 1, replay }, met, rewind: true };
}

/** Fewer steps past a target do not show that a training will not come back to it: it may have met it within ten. */
const leastStepsPast = 100;

/**
 * Steps past a target after which a run will hardly come back to it: as many as it took to get there. What it would meet
 * later is no longer the first time that it has the target's accuracy either.
 */
const stepsPast = (passed: number): number => Math.max(passed, leastStepsPast);

const givesUpAt = (passed: number): number => passed + stepsPast(passed);

const isGivenUp = (passed: number | null, step: number): boolean => passed !== null && step >= givesUpAt(passed);

const crossing = ({ lastEstimate }: StopState, { estimate }: ErrorCount): Crossing | null =>
  lastEstimate === null ? null : { before: lastEstimate, after: estimate };

/** The step at which a run that is past all of its pending targets ends unless it comes back; null: it is not past them. */
export function endsPast({ pending, passed }: StopState): number | null {
  const ends = pending.flatMap((band) => (passed[band] == null ? [] : [givesUpAt(passed[band])]));
  return ends.length > 0 && ends.length === pending.length ? Math.max(...ends) : null;
}

/** Evaluates after each step up to the one that stepped over the band, then at the usual interval, and at the end. */
function continueReplay(plan: StopPlan, state: StopState, replay: Replay, step: number): StopState {
  if (step >= replay.until) return state;
  const sought = replay.crossed.filter((band) => state.pending.includes(band));
  const ahead = sought.some((band) => state.sides[band] !== bandSide(plan.bands[band] as TargetBand, replay.count));
  const next = ahead ? step + 1 : sought.length > 0 ? state.nextEvaluation : replay.until;
  return { ...state, nextEvaluation: Math.min(next, replay.until), replay };
}

function addEvaluation(totals: EvaluationTotals, { errors, evaluated }: ErrorCount): EvaluationTotals {
  if (evaluated === 0) return totals;
  return {
    evaluations: totals.evaluations + 1,
    fullEvaluations: totals.fullEvaluations + (errors === null ? 0 : 1),
    imagesEvaluated: totals.imagesEvaluated + evaluated,
  };
}

const isMet = (band: TargetBand, { errors }: ErrorCount): boolean =>
  errors !== null && errors >= band.low && errors <= band.high;

/** An evaluation that stopped early found more errors than any pending band allows. */
function bandSide(band: TargetBand, { errors }: ErrorCount): Side {
  return errors === null || errors > band.center ? 'above' : 'below';
}

/** min(maxSteps, 1 + gap / pace), gap in hundredths of a point. Below a band pace is 1: evaluations are complete. */
function stepsToNextEvaluation(
  { bands, testCount, interval }: StopPlan,
  pending: readonly number[],
  errors: number,
): number {
  const gaps = pending.map((index) => {
    const { low, high } = bands[index] as TargetBand;
    const gap = (Math.max(0, low - errors, errors - high) * 10_000) / testCount;
    return errors > high ? gap / interval.pace : gap;
  });
  return Math.min(interval.maxSteps, 1 + Math.floor(Math.min(...gaps)));
}

function nearer(band: TargetBand, best: number | null, { errors }: ErrorCount): number | null {
  if (errors === null) return best;
  return best === null || Math.abs(errors - band.center) < Math.abs(best - band.center) ? errors : best;
}

/** Why a target was not met, for a person. */
export function explainMiss(
  plan: StopPlan,
  state: StopState,
  band: number,
  maxEpochs: number,
  images: 'test images' | 'validation images' = 'test images',
): string {
  const { low, high } = plan.bands[band] as TargetBand;
  const allowed = `${low === high ? low : `${low} to ${high}`} of ${plan.testCount} ${images} missed`;
  const passed = state.passed[band] ?? null;
  const epochs = epochsText(maxEpochs);
  const around = crossingText(plan, state.crossings[band] ?? null);
  if (passed !== null && !state.pending.includes(band))
    return `The accuracy passed the target at step ${passed}${around} and did not come back to it (${allowed}) within ${stepsPast(passed)} more steps.`;
  return state.sides[band] === 'below'
    ? `The accuracy passed the target between two steps${around} and did not come back to it (${allowed}) within ${epochs}.`
    : `The accuracy was still below the target (${allowed}) after ${epochs}.`;
}

/** Accuracies on both sides of a target that was passed: ` (from 93.06 to 98.61 %)`. */
function crossingText({ testCount }: StopPlan, crossing: Crossing | null): string {
  if (!crossing) return '';
  const accuracy = (errors: number): string => formatFixed(100 * (1 - errors / testCount), 2);
  return ` (from ${accuracy(crossing.before)} to ${accuracy(crossing.after)} %)`;
}
