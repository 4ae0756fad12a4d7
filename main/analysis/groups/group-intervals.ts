import type { ClaimChoice } from '../../contract/results/exhibit.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { type ClaimSide, type ShownInterval, shownInterval } from '../claims/claims.ts';
import type { Context } from './context.ts';
import type { CorrelationValue } from '../claims/correlation-interval.ts';
import type { GroupView } from './group-view.ts';
import type { HumanCounts } from '../raters/humans.ts';
import type { ImageClass } from '../outcomes/image-types.ts';
import {
  bootstrap,
  type Interval,
  meanOver,
  undefinedStatistic,
  type Units,
  type UnitStatistic,
} from '../statistics/intervals.ts';
import { GroupJackknife, nameOf } from '../claims/jackknife.ts';
import type { Statistic } from '../claims/statistic.ts';
import type { SumValue } from '../claims/table-sums.ts';
import type { ModelInput, OrderedInput } from '../outcomes/input.ts';
import {
  imageCounts,
  type LabelCounts,
  type LabelMatrix,
  missing,
  takeRaters,
  type Votes,
  wasShown,
} from '../labels/labels.ts';
import type { People, SetAnswer } from '../labels/answers.ts';
import { haveShares } from '../../domain/results/response-kinds.ts';
import { type SetVotes, votesOfPeople } from '../responses/response-sets.ts';
import { byName } from '../statistics/spread.ts';

const modelStatisticNames = [
  'type_a_pct',
  'type_c_pct',
  'nn_disagree_pct',
  'misclassified_per_model_pct',
  'pairwise_disagreement_pct',
  'js_bits',
] as const;
export type ModelStatistic = (typeof modelStatisticNames)[number];

/** Values of a group that are shown with an interval, besides correlations and statistics of contributions. */
export const groupValues = [
  ...['type_a_pct', 'type_b_pct', 'type_c_pct', 'nn_disagree_pct', 'both_disagree_pct', 'both_agree_pct'],
  ...['exception_pct', 'misclassified_per_model_pct', 'misclassified_across_pct', 'pairwise_disagreement_pct'],
  ...['any_differ_pct', 'js_bits', 'max_softmax_type_a', 'max_softmax_type_c', 'max_softmax_both_agree'],
  'max_softmax_both_disagree',
] as const satisfies readonly SumValue[];

/** By name; also of statistics that contributions add. */
export type ShownIntervals<Name extends SumValue | CorrelationValue = SumValue | CorrelationValue> = Partial<
  Record<Name, ShownInterval>
> & { readonly [statistic: string]: ShownInterval | undefined };

/** A group as claims need it. Its networks are a sample of a recipe if they are all of one seed group. */
export function claimSide(
  { group, counts, softmax }: GroupView,
  { input, humans, truth, claimUnits }: Context,
): ClaimSide {
  const { mean } = softmax.ensemble;
  const networks = group.members.length;
  const top = new Float64Array(counts.images);
  for (const pass of softmax.passes) pass.top.forEach((value, image) => (top[image]! += value));
  const jackknife = new GroupJackknife(
    {
      images: input.images,
      people: labeledPeople(humans, input.people, truth !== null),
      networks: group.labels,
      blocks: blocksOf(input, group.members),
      truth,
      readSoftmax: (network) => input.readSoftmax(at(group.members, network)),
      sums: {
        networks,
        votes: Int32Array.from(counts.counts),
        softmax: { sums: mean.map((value) => value * networks), top },
      },
    },
    claimUnits,
  );
  return { jackknife, sample: isSeedGroup(input, group.members) };
}

/** The training of each model. */
export const blocksOf = ({ models }: OrderedInput, members: readonly number[]): string[] =>
  members.map((model) => at(models, model).block ?? at(models, model).name);

/** Whether these are all models of one seed group: some of them, picked, are no sample. */
function isSeedGroup({ models }: OrderedInput, members: readonly number[]): boolean {
  const first = at(models, at(members, 0));
  const isOfIt = (model: ModelInput): boolean =>
    first.repeat !== null &&
    model.repeat === first.repeat &&
    model.architecture === first.architecture &&
    model.target === first.target;
  return models.filter(isOfIt).length === members.length && members.every((model) => isOfIt(at(models, model)));
}

/** Labelers with a label; `orShown`: also those who were shown images and answered none, where that is an error. */
const labeledRaters = (matrix: LabelMatrix, orShown: boolean): number[] =>
  Array.from({ length: matrix.raters }, (_, rater) => rater).filter((rater) => {
    const cells = Array.from({ length: matrix.images }, (_, image) => rater * matrix.images + image);
    return cells.some((cell) => matrix.values[cell] !== missing || (orShown && wasShown(matrix, cell)));
  });

/** Labelers that `labeledRaters` names, or who answered with sets; votes where nobody knows who gave which. */
export function labeledPeople(
  { labels, votes, people: known }: HumanCounts,
  people: People,
  orShown: boolean,
): LabelMatrix | LabelCounts<Votes> | SetVotes {
  if (people.kind === 'set' && known !== null) {
    const each = Array.from({ length: known }, (): SetAnswer[] => []);
    for (const answer of people.answers) each[answer.labeler]!.push(answer);
    return votesOfPeople(each, votes);
  }
  if (!labels) return votes;
  const labeled = labeledRaters(labels, orShown);
  return labeled.length === labels.raters ? labels : takeRaters(labels, labeled);
}

export const shownIntervals = <Name extends SumValue | CorrelationValue>(
  values: readonly (Name | Statistic)[],
  side: ClaimSide,
  claim: ClaimChoice,
): ShownIntervals<Name> =>
  // The list has each name once, so that every value of it is there.
  Object.fromEntries(
    values.map((value) => [nameOf(value), shownInterval(value, [side], claim)]),
  ) as ShownIntervals<Name>;

type ByUnit<T> = Record<'image' | 'pair', T>;

/** Percent of the pairs of models whose labels of an image differ. Undefined for fewer than two models. */
function pairsThatDiffer({ counts, group }: GroupView, image: number): number {
  const models = group.members.length;
  const same = imageCounts(counts, image).reduce((sum, count) => sum + count * (count - 1), 0);
  return 100 * (1 - same / (models * (models - 1)));
}

/** Percentile intervals of a group of two models or more, as metrics.md 8 fixes them: all draw determined images. */
export function groupBootstrap(
  view: GroupView,
  { units, humans }: Context,
): ByUnit<Record<ModelStatistic, Interval> | null> {
  const of = (drawn: Units) => {
    const statistics = statisticsOf(view, drawn);
    const found = bootstrap(drawn.length, {
      ...statistics,
      ...(!haveShares(humans.kind) && { js_bits: undefinedStatistic }),
    });
    return found && byName(modelStatisticNames, (name) => found[name]);
  };
  return { image: of(units.image), pair: of(units.pair) };
}

function statisticsOf(view: GroupView, units: Units): Record<ModelStatistic, UnitStatistic> {
  const { classified, wrongShare, group, distances } = view;
  const isClass = (name: ImageClass) => (image: number) => (classified.classes[image] === name ? 100 : 0);
  const values: Record<ModelStatistic, (image: number) => number> = {
    type_a_pct: isClass('type_a'),
    type_c_pct: isClass('type_c'),
    nn_disagree_pct: (image) => (group.votes.distinct[image]! > 1 ? 100 : 0),
    misclassified_per_model_pct: (image) => 100 * wrongShare[image]!,
    pairwise_disagreement_pct: (image) => pairsThatDiffer(view, image),
    // Only images with a label are drawn, and these have a divergence.
    js_bits: (image) => distances.js_bits[image] ?? 0,
  };
  const images = group.labels.images;
  return byName(modelStatisticNames, (name) =>
    meanOver(
      units,
      Float64Array.from({ length: images }, (_, image) => values[name](image)),
    ),
  );
}
