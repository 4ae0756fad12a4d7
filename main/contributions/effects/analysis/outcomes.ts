import type { OutcomeUnit } from '../../contrasts/contract/size-plan.ts';
import { smallestProbability } from '../../../analysis/statistics/index.ts';
import {
  againstShares,
  certainty,
  certaintyLessPeople,
  certaintyLessTest,
  crossingError,
  divergence,
  flipError,
  group,
  isSplit,
  majorityDiffers,
  type Making,
  ofCurve,
  ofEachSoftmax,
  ofShares,
  ofType,
  type OutcomeData,
  overconfidence,
  sumOfSquares,
  value,
} from './values.ts';
import { crossingSlope, logitMargin, softmaxMargin, transitionWidth } from '../../along/analysis/sharpness.ts';

/** What effects can be about: one table for screen, report and planner (metrics.md 13.2). */

/** `shares`: people’s answers as shares of labels; `single`: as single labels; `pairs`: images along alpha between two classes. */
type Need = 'people' | 'shares' | 'single' | 'softmax' | 'pairs';

export interface EffectOutcome {
  readonly key: string;
  /** `people` stands for simulated labelers in a rehearsal. */
  readonly title: string;
  readonly unit: OutcomeUnit;
  /** It can be below 0. */
  readonly isSigned?: true;
  /** What lower values mean, in a few words. */
  readonly lower: string;
  readonly needs: readonly Need[];
  readonly making: Making;
}

/** In the order in which they are offered. The first needs nobody to have labeled. */
export const effectOutcomes: readonly EffectOutcome[] = [
  {
    key: 'pairwise',
    title: 'Two networks disagree',
    unit: '%',
    lower: 'networks agree more',
    needs: [],
    making: group('any_differ', 2),
  },
  {
    key: 'any',
    title: 'Any networks of a group disagree',
    unit: '%',
    lower: 'networks agree more',
    needs: [],
    making: group('any_differ'),
  },
  {
    key: 'certainty',
    title: 'Certainty: largest softmax',
    unit: '%',
    lower: 'less certain',
    needs: ['softmax'],
    making: value(certainty(() => () => true)),
  },
  {
    key: 'misclassified',
    title: 'Misclassified',
    unit: '%',
    lower: 'fewer errors',
    needs: ['people'],
    making: { kind: 'wrong' },
  },
  {
    key: 'majority',
    title: 'Differs from the majority of people',
    unit: '%',
    lower: 'closer to people',
    needs: ['people', 'shares'],
    making: value(majorityDiffers),
  },
  {
    key: 'consistency',
    title: 'Error consistency κ of two networks',
    unit: 'κ',
    lower: 'fewer errors on the same images, beyond chance',
    needs: ['people', 'single'],
    making: { kind: 'consistency' },
  },
  {
    key: 'type_a',
    title: 'Type A: only networks disagree',
    unit: '%',
    lower: 'fewer such images',
    needs: ['people'],
    making: group('type_a'),
  },
  {
    key: 'type_c',
    title: 'Type C: only people disagree',
    unit: '%',
    lower: 'fewer such images',
    needs: ['people'],
    making: group('type_c'),
  },
  {
    key: 'misclassified_any',
    title: 'Misclassified by any of a group',
    unit: '%',
    lower: 'fewer errors',
    needs: ['people'],
    making: group('misclassified_any'),
  },
  {
    key: 'certainty_split',
    title: 'Certainty on images people split on',
    unit: '%',
    lower: 'less certain',
    needs: ['people', 'softmax'],
    making: value(certainty(isSplit)),
  },
  {
    key: 'softmax_a',
    title: 'Certainty on type A: only networks disagree',
    unit: '%',
    lower: 'less certain',
    needs: ['people', 'softmax'],
    making: value(certainty(ofType((people, networks) => people && !networks))),
  },
  {
    key: 'softmax_b',
    title: 'Certainty on type B: both agree, or both disagree',
    unit: '%',
    lower: 'less certain',
    needs: ['people', 'softmax'],
    making: value(certainty(ofType((people, networks) => people === networks))),
  },
  {
    key: 'softmax_c',
    title: 'Certainty on type C: only people disagree',
    unit: '%',
    lower: 'less certain',
    needs: ['people', 'softmax'],
    making: value(certainty(ofType((people, networks) => !people && networks))),
  },
  {
    key: 'divergence',
    title: 'Divergence of softmax from people',
    unit: 'bits',
    lower: 'closer to people',
    needs: ['people', 'shares', 'softmax'],
    making: value(divergence),
  },
  {
    key: 'flip',
    title: 'Flip point: distance from people',
    unit: 'alpha',
    lower: 'closer to people',
    needs: ['people', 'shares', 'pairs'],
    making: value(flipError),
  },
  {
    key: 'crossing',
    title: 'Where both classes have the same softmax: distance from people',
    unit: 'alpha',
    lower: 'closer to people',
    needs: ['people', 'shares', 'softmax', 'pairs'],
    making: value(crossingError),
  },
  {
    key: 'margin',
    title: 'Margin: largest softmax less the next',
    unit: '%',
    lower: 'less certain',
    needs: ['softmax'],
    making: value(ofEachSoftmax(softmaxMargin)),
  },
  {
    key: 'logit_margin',
    title: 'Margin of logits',
    unit: 'nats',
    lower: 'less certain',
    needs: ['softmax'],
    making: value(ofEachSoftmax(logitMargin)),
  },
  {
    key: 'overconfidence',
    title: 'Overconfidence: certainty less agreement with the majority of people',
    unit: '%',
    lower: 'less overconfident',
    isSigned: true,
    needs: ['people', 'shares', 'softmax'],
    making: value(overconfidence),
  },
  {
    key: 'people_gap',
    title: 'Certainty less the share of people who give the same label',
    unit: '%',
    lower: 'less certain than people',
    isSigned: true,
    needs: ['people', 'shares', 'softmax'],
    making: value(certaintyLessPeople),
  },
  {
    key: 'cross_entropy',
    title: 'Cross-entropy of softmax with labels of people',
    unit: 'nats',
    lower: 'closer to people',
    needs: ['people', 'shares', 'softmax'],
    making: value(againstShares((q, p) => -q * Math.log(Math.max(p, smallestProbability)))),
  },
  {
    key: 'brier',
    title: 'Brier score of softmax against labels of people',
    unit: 'score',
    lower: 'closer to people',
    needs: ['people', 'shares', 'softmax'],
    making: value(againstShares((q, p) => q * (q - 2 * p), sumOfSquares)),
  },
  {
    key: 'test_gap',
    title: 'Certainty less accuracy on test images',
    unit: '%',
    lower: 'less certain than on test images',
    isSigned: true,
    needs: ['softmax'],
    making: value(certaintyLessTest),
  },
  {
    key: 'width',
    title: 'Transition width: 25 to 75 % of softmax',
    unit: 'alpha',
    lower: 'sharper',
    needs: ['softmax', 'pairs'],
    making: value(ofShares((points) => transitionWidth(points, [0.25, 0.75]))),
  },
  {
    key: 'width_80',
    title: 'Transition width: 10 to 90 % of softmax',
    unit: 'alpha',
    lower: 'sharper',
    needs: ['softmax', 'pairs'],
    making: value(ofShares((points) => transitionWidth(points, [0.1, 0.9]))),
  },
  {
    key: 'slope',
    title: 'Sharpness: slope of softmax where classes cross',
    unit: '1/alpha',
    lower: 'less sharp',
    needs: ['softmax', 'pairs'],
    making: value(ofShares(crossingSlope)),
  },
  {
    key: 'curve_centre',
    title: 'Psychometric curve: center',
    unit: 'alpha',
    lower: 'turns sooner',
    needs: ['softmax', 'pairs'],
    making: value(ofCurve('centre')),
  },
  {
    key: 'curve_slope',
    title: 'Psychometric curve: slope',
    unit: '1/alpha',
    lower: 'less sharp',
    needs: ['softmax', 'pairs'],
    making: value(ofCurve('slope')),
  },
  {
    key: 'curve_lapse',
    title: 'Psychometric curve: lapse',
    unit: '%',
    lower: 'surer at the ends',
    needs: ['softmax', 'pairs'],
    making: value(ofCurve('lapse')),
  },
];

/** An outcome with what it needs in a study: where true classes say what is right, error consistency needs nobody. */
export const outcomeIn = ({ right }: Pick<OutcomeData, 'right'>, outcome: EffectOutcome): EffectOutcome =>
  outcome.making.kind === 'consistency' && right.isTruth ? { ...outcome, needs: [] } : outcome;

export const findOutcome = (key: string): EffectOutcome | undefined => effectOutcomes.find((each) => each.key === key);
