import { UserError } from '../../contract/errors.ts';
import type { ArchitectureKind } from '../../contract/recipes.ts';
import type { Count, Tail, Tally } from './evaluation.ts';

/** Numbers of test images missed, ends included, that count as having met `target` (percent). */
export interface Band {
  target: number;
  /** Missed images at exactly the target; need not be whole. */
  centre: number;
  low: number;
  high: number;
}

/** What decides when a run looks at its test accuracy, and what it looks for. */
export interface LandingPlan {
  testCount: number;
  /** The easiest target first: the one that allows the most errors. */
  bands: readonly Band[];
  rhythm: Rhythm;
  /** The run ends here, landed or not. */
  lastStep: number;
}

/** How often a run looks. */
export interface Rhythm {
  /** Most steps between two looks; the first look comes after as many. */
  cap: number;
  /** By how many hundredths of a point one step may well change the accuracy. */
  pace: number;
}

/** On which side of a band the errors were at the last look. */
export type Side = 'above' | 'below';

/** Everything that the landing of one run remembers from look to look. Plain data: a checkpoint holds it. */
export interface LandingState {
  /** Targets not met yet, as indices into the plan's bands. */
  pending: readonly number[];
  /** For each band: where the last look found the errors. A run starts above all: it has learnt nothing yet. */
  sides: readonly Side[];
  lastLook: number;
  nextLook: number;
  /** A stretch that is gone through again step by step, because a band was stepped over in it. */
  closer: Closer | null;
  /** For each band: the errors of the full count that came nearest. */
  nearest: readonly (number | null)[];
  tail: Tail;
  tally: Tally;
}

interface Closer {
  /** Bands stepped over. */
  crossed: readonly number[];
  /** The look that found it: its step, and what it counted, which need not be counted again. */
  until: number;
  count: Count;
}

/** What a look led to. */
export interface Decision {
  state: LandingState;
  /** Bands met at this step, as indices. */
  landed: readonly number[];
  /** Go back to the weights of the look before, and on from there with `state`. */
  rewind: boolean;
}

/** From the noise of the test accuracy, measured: docs/training.md. */
export const rhythms: Record<ArchitectureKind, Rhythm> = {
  mlp: { cap: 50, pace: 1 },
  cnn: { cap: 10, pace: 5 },
  vit: { cap: 50, pace: 1 },
};

/**
 * Lays out the bands of a recipe: |errors - N (1 - target / 100)| <= N tolerance / 100.
 * @throws UserError `recipe.target-out-of-reach` if no whole number of errors lies in a band.
 */
export function planLanding(goal: {
  targets: readonly number[];
  tolerance: number;
  testCount: number;
  rhythm: Rhythm;
  lastStep: number;
}): LandingPlan {
  const { tolerance, testCount, rhythm, lastStep } = goal;
  const bands = [...new Set(goal.targets)].sort((a, b) => a - b).map((target) => bandOf(target, tolerance, testCount));
  return { testCount, bands, rhythm, lastStep };
}

export function bandOf(target: number, tolerance: number, testCount: number): Band {
  // 97.5 % of 10,000 is 250 errors, but 0.024999999999999911 * 10000 is not: bounds are rounded outwards a little.
  const slack = 1e-6;
  const centre = testCount * (1 - target / 100);
  const reach = (testCount * tolerance) / 100;
  const low = Math.max(0, Math.ceil(centre - reach - slack));
  const high = Math.min(testCount, Math.floor(centre + reach + slack));
  if (low <= high) return { target, centre, low, high };
  throw new UserError({
    code: 'recipe.target-out-of-reach',
    what: `With ${testCount} test images no accuracy lies within ${tolerance} points of ${target} %`,
    where: 'recipe.targets, recipe.tolerance',
    remedy: `Allow a tolerance of at least ${(100 / testCount / 2).toPrecision(2)} points, or use more test images.`,
  });
}

export function startLanding(plan: LandingPlan): LandingState {
  return {
    pending: plan.bands.map((_, band) => band),
    sides: plan.bands.map(() => 'above'),
    lastLook: 0,
    nextLook: Math.min(plan.rhythm.cap, plan.lastStep),
    closer: null,
    nearest: plan.bands.map(() => null),
    tail: { seen: 0, errors: 0 },
    tally: { looks: 0, fullLooks: 0, imagesLooked: 0 },
  };
}

/**
 * More errors than this cannot meet any target that is still pending: counting may stop. The last look of a run counts
 * to the end, so that the run can say where it ended.
 */
export function rejectAbove(plan: LandingPlan, state: LandingState, step: number): number {
  if (step >= plan.lastStep) return plan.testCount;
  return Math.max(...state.pending.map((band) => (plan.bands[band] as Band).high));
}

/** What a look at `step` will count, if that is known because the run was there before; else null. */
export function knownCount(state: LandingState, step: number): Count | null {
  return state.closer?.until === step ? state.closer.count : null;
}

/**
 * Decides after a look at `step`.
 *
 * A full count within a pending band meets its target. The next look comes the sooner, the nearer the (estimated)
 * errors are to a pending band: see `stepsToNextLook`.
 *
 * If a band was stepped over since the look before (or the start), the run goes back to there, once, and looks after
 * each step until it has found where. Batches, dropout and augmentation are functions of (seed, step), so these are the
 * same weights as before, examined more closely. What is not met there is left behind; the run may still wander into it.
 */
export function decide(plan: LandingPlan, before: LandingState, step: number, count: Count): Decision {
  const landed = before.pending.filter((band) => isMet(plan.bands[band] as Band, count));
  const pending = before.pending.filter((band) => !landed.includes(band));
  const state: LandingState = {
    pending,
    sides: plan.bands.map((band) => sideOf(band, count)),
    lastLook: step,
    nextLook: Math.min(plan.lastStep, step + stepsToNextLook(plan, pending, count.estimate)),
    closer: null,
    nearest: before.nearest.map((errors, band) => nearer(plan.bands[band] as Band, errors, count)),
    tail: count.tail,
    tally: addLook(before.tally, count),
  };
  if (before.closer) return { state: lookCloser(plan, state, before.closer, step), landed, rewind: false };
  const crossed = pending.filter((band) => before.sides[band] !== state.sides[band]);
  if (crossed.length === 0 || step - before.lastLook < 2) return { state, landed, rewind: false };
  const { sides, lastLook } = before;
  const closer = { crossed, until: step, count: { ...count, seen: 0 } };
  return { state: { ...state, sides, lastLook, nextLook: lastLook + 1, closer }, landed, rewind: true };
}

/**
 * Within a stretch gone through again: look after each step up to the one that stepped over, from there on as the gap
 * says (below a band every look is a full count), and last at its end.
 */
function lookCloser(plan: LandingPlan, state: LandingState, closer: Closer, step: number): LandingState {
  if (step >= closer.until) return state;
  const sought = closer.crossed.filter((band) => state.pending.includes(band));
  const ahead = sought.some((band) => state.sides[band] !== sideOf(plan.bands[band] as Band, closer.count));
  const next = ahead ? step + 1 : sought.length > 0 ? state.nextLook : closer.until;
  return { ...state, nextLook: Math.min(next, closer.until), closer };
}

function addLook(tally: Tally, count: Count): Tally {
  if (count.seen === 0) return tally;
  return {
    looks: tally.looks + 1,
    fullLooks: tally.fullLooks + (count.errors === null ? 0 : 1),
    imagesLooked: tally.imagesLooked + count.seen,
  };
}

const isMet = (band: Band, { errors }: Count): boolean => errors !== null && errors >= band.low && errors <= band.high;

/** A look that was broken off saw more errors than any pending band allows. */
function sideOf(band: Band, count: Count): Side {
  return count.errors === null || count.errors > band.centre ? 'above' : 'below';
}

/**
 * min(cap, 1 + gap / pace) steps, where gap is the distance to the nearest pending band in hundredths of a point. Below
 * a band it is min(cap, 1 + gap): there, every look is a full count, as nothing can be ruled out before its end.
 */
function stepsToNextLook(
  { bands, testCount, rhythm }: LandingPlan,
  pending: readonly number[],
  errors: number,
): number {
  const gaps = pending.map((index) => {
    const { low, high } = bands[index] as Band;
    const gap = (Math.max(0, low - errors, errors - high) * 10_000) / testCount;
    return errors > high ? gap / rhythm.pace : gap;
  });
  return Math.min(rhythm.cap, 1 + Math.floor(Math.min(...gaps)));
}

function nearer(band: Band, best: number | null, { errors }: Count): number | null {
  if (errors === null) return best;
  return best === null || Math.abs(errors - band.centre) < Math.abs(best - band.centre) ? errors : best;
}

/** Why a target was not met, for a person. */
export function explainMiss(plan: LandingPlan, state: LandingState, band: number, maxEpochs: number): string {
  const { low, high } = plan.bands[band] as Band;
  const met = `${low === high ? low : `${low} to ${high}`} of ${plan.testCount} test images missed`;
  return state.sides[band] === 'below'
    ? `The accuracy passed the target between two steps and did not come back to it (${met}) within ${maxEpochs} epochs.`
    : `The accuracy was still below the target (${met}) after ${maxEpochs} epochs.`;
}
