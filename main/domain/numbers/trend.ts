import type { Trend } from '../../contract/runs/run.ts';
import { at } from './arrays.ts';
import { formatCount } from './format.ts';

/**
 * The accuracy that a training had around a snapshot, apart from the luck of the snapshot's own evaluation
 * (docs/training.md, "Counted accuracy and its trend").
 */

/** One evaluation of a training: the test accuracy in percent, counted or estimated. */
export interface EvaluatedStep {
  step: number;
  accuracy: number;
  /** The evaluation stopped early: the accuracy is an estimate from some test images. */
  estimated: boolean;
}

/** Metric of earlier versions, of runs that stopped on half of the test images: accuracy of the others at each snapshot. */
export const otherHalfSeries = 'accuracy (other half)';

/** Metrics: the accuracy of the images that decide, counted or estimated, by what `landing` names. */
export const testSeries = { counted: 'accuracy', estimated: 'accuracy (estimated)' } as const;
export const validationSeries = {
  counted: 'validation accuracy',
  estimated: 'validation accuracy (estimated)',
} as const;

/**
 * Metric: percent of the training images since the last evaluation that the network put into their class, as it was
 * trained on them: augmented, with dropout, each batch before its step. Runs of 0.1 have none.
 */
export const trainingSeries = 'training accuracy';

/** The series of a run's accuracy, of the images that decide. */
export const accuracySeries = (landing: string | null | undefined): { counted: string; estimated: string } =>
  landing === 'validation' ? validationSeries : testSeries;

/** Why a run that stops on validation images has no trend. */
export const noTrendOnValidation =
  'Validation images decided: test images were evaluated at the snapshots only, so no line goes through them.';

/** The window reaches from step / reach to step * reach. */
export const trendReach = 1.25;

/** With a larger standard error, as a share of the error rate, the trend would say less than the counted accuracy. */
const largestError = 0.1;

/** Fewer evaluations than this give no line. */
export const fewestEvaluations = 4;

/** First and last step of the window around a snapshot, ends included. */
export const trendWindow = (step: number): { first: number; last: number } => ({
  first: Math.max(1, Math.ceil(step / trendReach)),
  last: Math.floor(step * trendReach),
});

/**
 * The value at `step` of the least-squares line of accuracy over 1 / step, as errors fall about as 1 / step, through the
 * evaluations within `trendWindow`. The evaluation at `step` is left out: it was chosen for its value. Each other one
 * weighs as many steps as it stands for, half the way to its neighbors, as a share of the step: a run evaluates more
 * often while its accuracy looks close to a target, and would count its lucky moments more often.
 * @param evaluations in any order, one a step
 * @param step of the snapshot, from 1
 */
export function trendAccuracy(evaluations: readonly EvaluatedStep[], step: number): Trend {
  const { first, last } = trendWindow(step);
  const points = evaluations
    .filter((each) => each.step !== step && each.step >= first && each.step <= last)
    .sort((a, b) => a.step - b.step);
  const before = points.filter((each) => each.step < step).length;
  const of = {
    before,
    after: points.length - before,
    estimates: points.filter(({ estimated }) => estimated).length,
  };
  const none = (reason: string): Trend => ({ accuracy: null, error: null, ...of, undefined: reason });
  if (points.length < fewestEvaluations) {
    const found = `${points.length} of ${fewestEvaluations} needed`;
    return none(`Too few evaluations from step ${first} to ${last}: ${found}.`);
  }
  const places = points.map((each) => Math.log(each.step / step));
  const [lowest, highest] = [at(places, 0), at(places, places.length - 1)];
  if (highest - lowest < Math.log(trendReach) / 2) {
    return none('The evaluations around this step lie too close together.');
  }
  const weighted = points.map((each, k) => ({
    x: step / each.step - 1,
    y: each.accuracy,
    weight: ((places[k + 1] ?? highest) - (places[k - 1] ?? lowest)) / 2,
  }));
  const { value, error } = lineAtZero(weighted);
  if (error > largestError * (100 - value))
    return none(`The evaluations around this step differ too much (${error.toFixed(1)} points).`);
  return { accuracy: Math.min(100, Math.max(0, value)), error, ...of, undefined: null };
}

/** What a trend is computed from, e.g. `20 evaluations before this step and 12 after it, 30 of them estimates`. */
export function trendText({ before, after, estimates }: Trend): string {
  const earlier = `${formatCount(before, 'evaluation')} before this step`;
  const all = after === 0 ? `${earlier}, none after it` : `${earlier} and ${after} after it`;
  return estimates === 0 ? all : `${all}, ${estimates} of them estimates from some test images`;
}

interface WeightedPoint {
  x: number;
  y: number;
  weight: number;
}

/**
 * The value at x = 0 of the least-squares line, and its standard error from the residuals, which need not be alike
 * (HC1). At least two of the x must differ, and there are more than two points.
 */
function lineAtZero(points: readonly WeightedPoint[]): { value: number; error: number } {
  const sum = (value: (point: WeightedPoint) => number): number =>
    points.reduce((total, point) => total + point.weight * value(point), 0);
  const all = sum(() => 1);
  const [x, y] = [sum((point) => point.x) / all, sum((point) => point.y) / all];
  const spread = sum((point) => (point.x - x) ** 2);
  const slope = sum((point) => (point.x - x) * (point.y - y)) / spread;
  const variance = points.reduce((total, point) => {
    const share = point.weight * (1 / all - (x * (point.x - x)) / spread);
    return total + (share * (point.y - y - slope * (point.x - x))) ** 2;
  }, 0);
  return { value: y - slope * x, error: Math.sqrt((variance * points.length) / (points.length - 2)) };
}
