import type { TimeRange } from '../../contract/api/jobs.ts';
import { startSeconds, stepWithEvaluations, type Work } from './work.ts';

/**
 * How long a run takes: its steps, times what a step takes here. Both are corrected by runs of this machine, the more the
 * more alike they were, and by the run itself once it has begun. All in logarithms: a time is wrong by a factor.
 */

/** A factor of what was assumed, as the normal distribution of its logarithm. */
export interface Factor {
  log: number;
  /** Standard deviation of `log` for one more run. */
  spread: number;
}

/** Runs of the past that are alike to one degree: what they took, as a share of what was assumed. */
export interface Evidence {
  ratios: readonly number[];
  /** How far such runs may be from what is to be estimated, beside their own spread. */
  spread: number;
}

/** Runs of one degree that are taken, the latest ones: the machine may have been busier before. */
export const mostAlike = 12;

/**
 * The assumption (1, with a spread) and what was measured, each weighted by how sure it is.
 * @param own spread of runs that are alike in everything but their seed
 */
export function blend(assumed: number, evidence: readonly Evidence[], own: number): Factor {
  let [sum, weights] = [0, 1 / assumed ** 2];
  for (const { ratios, spread } of evidence) {
    if (ratios.length === 0) continue;
    const logs = ratios.slice(0, mostAlike).map((ratio) => Math.log(Math.max(ratio, 1e-6)));
    const weight = 1 / (spread ** 2 + own ** 2 / logs.length);
    sum += weight * median(logs);
    weights += weight;
  }
  return { log: sum / weights, spread: Math.sqrt(1 / weights + own ** 2) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  return ((sorted[(n - 1) >> 1] ?? 0) + (sorted[n >> 1] ?? 0)) / 2;
}

/** Of a number of steps that a recipe gives: nearly none. */
export const fixedSpread = 0.01;

/** A normal deviate: 80 % lie within. */
const deviate = 1.28;

/** Time from a mean logarithm and its spread. */
export function around(seconds: number, spread: number): TimeRange {
  const times = Math.exp(deviate * spread);
  return { seconds, low: seconds / times, high: seconds * times };
}

/** What is known of a run that has not begun. */
export interface Expectation {
  work: Work;
  steps: Factor;
  pace: Factor;
}

export function expectedTime({ work, steps, pace }: Expectation): TimeRange {
  const expected = work.steps * Math.exp(steps.log);
  const ms = expected * stepWithEvaluations(work, expected) * Math.exp(pace.log);
  return around(startSeconds + ms / 1000, Math.hypot(steps.spread, pace.spread));
}

/** How far a run is. */
export interface Standing {
  done: number;
  /** Steps in all, as the run itself expects them. */
  total: number;
  /** Steps of this attempt, and milliseconds that it worked on them, both above 0; null: not known. */
  attempt: { steps: number; workedMs: number } | null;
}

/**
 * Spreads of what a run says itself: of its steps in all at its beginning and at its end, as its learning curve bends, and of
 * its pace after a second and in the long run, as evaluations come at its end.
 */
const ownSteps = { first: 1.2, last: 0.1 } as const;
const ownPace = { second: 0.3, long: 0.1 } as const;

/** What remains of a run that has begun. Its own learning curve and pace count the more the further it is. */
export function remainingTime({ work, steps, pace }: Expectation, { done, total, attempt }: Standing): TimeRange {
  const share = Math.min(1, done / total);
  const own = { log: Math.log(total), spread: Math.max(ownSteps.last, ownSteps.first * (1 - share) ** 2) };
  const assumed = { log: Math.log(Math.max(done, work.steps)) + steps.log, spread: steps.spread };
  const end = work.isFixed ? { ...own, spread: fixedSpread } : weigh([assumed, own]);
  const here = { log: Math.log(stepWithEvaluations(work, Math.exp(end.log))) + pace.log, spread: pace.spread };
  const step = attempt === null ? here : weigh([here, paceOf(attempt)]);
  /** Seconds, with both as many standard deviations from their middle. */
  const left = (deviates: number): number => {
    const remaining = Math.max(0, Math.exp(end.log + deviates * end.spread) - done);
    return (remaining * Math.exp(step.log + deviates * step.spread)) / 1000;
  };
  return { seconds: left(0), low: left(-deviate), high: left(deviate) };
}

const paceOf = ({ steps, workedMs }: NonNullable<Standing['attempt']>): Factor => ({
  log: Math.log(workedMs / steps),
  spread: Math.max(ownPace.long, ownPace.second / Math.sqrt(workedMs / 1000)),
});

/** Several values of one logarithm, weighted by how sure each is. */
function weigh(values: readonly Factor[]): Factor {
  const weights = values.map(({ spread }) => 1 / spread ** 2);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const log = values.reduce((total, value, k) => total + value.log * (weights[k] ?? 0), 0) / sum;
  return { log, spread: Math.sqrt(1 / sum) };
}
