import { mostSteps, type StatisticInput } from '../../../analysis/claims/index.ts';
import type { ShownStatistic } from '../../../analysis/groups/index.ts';
import { type LabelCounts, majorities, tallyCounts, type Votes } from '../../../analysis/labels/index.ts';
import { kept } from '../../../domain/numbers/index.ts';
import { whyNotOfKind } from '../../../domain/results/index.ts';
import {
  cohenMeans,
  humanModelKappaMeans,
  modelKappaMeans,
  noKappaMeans,
  PairWords,
  pooledKappaMeans,
} from './kappa-means.ts';

const words = new WeakMap<Int32Array, PairWords>();
const wordsOf = ({ pairs, pairOfImage }: Pick<StatisticInput, 'pairs' | 'pairOfImage'>): PairWords =>
  kept(words, pairOfImage, () => new PairWords(pairOfImage, pairs));

/** Whether votes are counts of labels. */
const isWhole = (votes: LabelCounts<Votes>): votes is LabelCounts => votes.counts instanceof Uint32Array;

/** Cohen's kappa of people: the mean over their pairs. */
export const cohenKappaMean: ShownStatistic = {
  name: 'cohen_kappa',
  of: 'people',
  isOfPersons: true,
  title: 'Cohen’s κ, mean of pairs',
  isDefined: ({ humans }) => whyNotOfKind(humans.kind, 'single') === null,
  compute: (input) =>
    input.people ? cohenMeans(input.people, wordsOf(input)) : noKappaMeans(wordsOf(input), input.networks),
  takesTooLong: ({ labelers, pairs, counts }) => (labelers ** 2 / 2) * pairs * counts.classes > mostSteps,
};

/**
 * Whether comparing each network with so many others takes too long: without each labeler all raters are compared anew.
 */
const comparesTooMany =
  (others: (of: { labelers: number; networks: number }) => number): ShownStatistic['takesTooLong'] =>
  (of, left) => {
    const compared = of.networks * others(of) * wordsOf(of).words;
    return (left === 'labelers' ? of.labelers : 1) * compared > mostSteps;
  };

/** Error consistency of networks: the mean over their pairs. */
export const modelKappa: ShownStatistic = {
  name: 'model_model_kappa',
  of: 'networks',
  isOfPersons: false,
  title: 'Error consistency κ, mean of pairs',
  isDefined: ({ humans, truth }) => humans.counts !== null || truth !== null,
  compute: (input) =>
    modelKappaMeans(input.networks, input.truth ?? majorities(tallyCounts(input.counts)), wordsOf(input)),
  takesTooLong: comparesTooMany(({ networks }) => networks / 2),
};

/** Error consistency of people and networks: the mean over all pairs of these. */
export const humanModelKappa: ShownStatistic = {
  name: 'human_model_kappa',
  of: 'both',
  isOfPersons: true,
  title: 'Error consistency κ with people, mean of pairs',
  isDefined: ({ humans }) => humans.labels !== null,
  compute: (input) => {
    const { people, networks, truth } = input;
    return people
      ? humanModelKappaMeans(networks, people, wordsOf(input), truth)
      : noKappaMeans(wordsOf(input), networks);
  },
  takesTooLong: comparesTooMany(({ labelers }) => labelers),
};

/**
 * Error consistency of an average person and each network, from counts alone (metrics.md 14.1). It is shown where persons
 * cannot be compared: never together with that of persons.
 */
export const pooledKappa: ShownStatistic = {
  name: 'pooled_kappa',
  of: 'both',
  isOfPersons: false,
  title: null,
  isDefined: ({ humans }) => humans.labels === null && humans.counts !== null,
  compute: (input) => {
    const { counts, networks } = input;
    return isWhole(counts)
      ? pooledKappaMeans(networks, counts, wordsOf(input))
      : noKappaMeans(wordsOf(input), networks);
  },
  takesTooLong: ({ networks, counts, pairs }) => networks * (counts.images * 2 + pairs) > mostSteps,
};

/** Kappas of metrics.md 13.8. */
export const kappas = [cohenKappaMean, modelKappa, humanModelKappa];
