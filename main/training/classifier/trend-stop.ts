import { at } from '../../domain/numbers/arrays.ts';
import { trendAccuracy, trendReach, trendWindow } from '../../domain/numbers/trend.ts';
import type { StopPlan } from './target-stop.ts';

/**
 * Landing on the trend: complete evaluations at steps that a training's luck does not decide, and snapshots where the
 * line through the evaluations around a step meets a target. Pure functions; docs/training.md explains why.
 */

/** A complete evaluation. */
export interface CountedStep {
  step: number;
  errors: number;
}

/** Evaluations lie this share of the step apart: eleven on each side of a snapshot. */
const spacing = 0.02;

/** The window of a target begins at 1.25 times its errors; luck must not decide which of its evaluations are complete. */
const limitRatio = 1.6;

/** A quick training may meet a target within tens of steps, and its trend needs the evaluations before. */
export const firstTrendEvaluation = (lastStep: number): number => Math.min(10, lastStep);

export const nextTrendEvaluation = (step: number, lastStep: number): number =>
  Math.min(lastStep, Math.max(step + 1, Math.ceil(step * (1 + spacing))));

/** More errors than this are too far above the pending targets for their trend. */
export function trendLimit({ bands, testCount, lastStep }: StopPlan, pending: readonly number[], step: number): number {
  if (step >= lastStep) return testCount;
  return Math.min(testCount, Math.ceil(limitRatio * Math.max(...pending.map((band) => at(bands, band).center))));
}

/**
 * Steps that a run takes in all: to the end of the window of its last target, and once more up to its snapshot.
 * @param reach the step at which the target is expected
 */
export function stepsOnTrend(step: number, reach: number, lastStep: number): number {
  const end = Math.max(step, Math.min(lastStep, reach * trendReach));
  return end + Math.min(reach, end);
}

export type TrendLanding =
  | { kind: 'landed'; step: number; errors: number }
  /** The trend was on both sides of the target, and never within the tolerance. */
  | { kind: 'passed' }
  | { kind: 'open' };

/**
 * Where the trend first reached a target: the evaluation at or before that point whose trend is nearer to it.
 * @param counted by step
 * @param until step of the latest evaluation; a window must end before it, or the trend would still change
 * @param goal in percent, and points
 */
export function landOnTrend(
  counted: readonly CountedStep[],
  until: number,
  testCount: number,
  { target, tolerance }: { target: number; tolerance: number },
): TrendLanding {
  const points = counted.map(({ step, errors }) => ({
    step,
    accuracy: (100 * (testCount - errors)) / testCount,
    estimated: false,
  }));
  let before: { counted: CountedStep; off: number } | null = null;
  for (const each of counted) {
    if (trendWindow(each.step).last > until) break;
    const { accuracy } = trendAccuracy(points, each.step);
    if (accuracy === null) continue;
    const here = { counted: each, off: Math.abs(accuracy - target) };
    if (accuracy < target) {
      before = here;
      continue;
    }
    const nearest = before && before.off < here.off ? before : here;
    return nearest.off <= tolerance + 1e-9 ? { kind: 'landed', ...nearest.counted } : { kind: 'passed' };
  }
  return { kind: 'open' };
}

/** Why the trend met no target, for a person. @param isOpen the training ended first */
export const explainTrendMiss = (isOpen: boolean, maxEpochs: number): string =>
  isOpen
    ? `The trend had not reached the target when ${maxEpochs} epochs were over, or no evaluations followed that confirm it.`
    : 'The trend passed the target between two evaluations, with none within the tolerance.';
