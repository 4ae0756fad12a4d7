import { compareFlips, flipsByPair, type AlphaStar } from './alpha-star.ts';
import { bootstrap, type Bootstrap, type Interval, meanOver, type UnitStatistic, type Units } from './bootstrap.ts';
import { cohen, type Cohen } from './cohen.ts';
import type { Context } from './context.ts';
import type { CorrectedInterval } from './corrected-interval.ts';
import { pearson, spearman } from './correlation.ts';
import { distanceNames, type DistanceName } from './distances.ts';
import { ensembleScores, type Uncertainty } from './ensemble.ts';
import { countEntropyBits } from './entropy.ts';
import { humanModelConsistency, modelConsistency, type ErrorConsistency } from './error-consistency.ts';
import { fig4, type Fig4 } from './fig4.ts';
import { spreadByClass, viewGroup, type GroupView } from './group-view.ts';
import type { ModelGroup } from './groups.ts';
import { canDisagree, type ClassifiedImages, countTypes, type ImageClass, type Types } from './image-classes.ts';
import { countsOf } from './label-counts.ts';
import { certaintyPct } from './labels.ts';
import { fleissKappa, krippendorffAlpha } from './many-raters.ts';
import { overModels, type ScoreName, type Scores } from './scores.ts';
import { spread, type Spread } from './spread.ts';
import { table2, type Table2 } from './table2.ts';
import { table4 } from './table4.ts';

const modelStatisticNames = [
  'type_a_pct',
  'type_c_pct',
  'nn_disagree_pct',
  'misclassified_per_model_pct',
  'pairwise_disagreement_pct',
  'js_bits',
] as const;
export type ModelStatistic = (typeof modelStatisticNames)[number];

/** What has an interval for reading besides: the other cells of Table 1, and what any model has wrong. */
export type ShownStatistic =
  | ModelStatistic
  | 'type_b_pct'
  | 'both_disagree_pct'
  | 'both_agree_pct'
  | 'exception_pct'
  | 'misclassified_across_pct';

type UncertaintyName = keyof Uncertainty;

/** One diverse group: its models against all labelers (SPEC 2 to 8). Lists follow `meta.images`. */
export interface DiverseAnalysis {
  models: string[];
  n_models: number;
  image_class: (ImageClass | null)[];
  /** Null for fewer than two models. */
  types: Types | null;
  fig4: Fig4;
  table2: Table2;
  /** Largest softmax (fraction) by image class. */
  table4: Record<ImageClass, Spread>;
  /** 100 * max vote / votes, an image each. */
  model_certainty_pct: (number | null)[];
  fleiss_kappa: number | null;
  krippendorff_alpha: number | null;
  cohen: Cohen;
  error_consistency: { model_model: ErrorConsistency; human_model: ErrorConsistency };
  /** Of the votes and of the mean softmax, and how they go with the entropy of people's labels (SPEC 4). */
  entropy: {
    vote_bits: (number | null)[];
    predictive_bits: number[];
    pearson_vote: number | null;
    spearman_vote: number | null;
    pearson_predictive: number | null;
    spearman_predictive: number | null;
  };
  divergence: {
    per_image: Record<DistanceName, (number | null)[]>;
    mean: Record<DistanceName, number | null>;
    by_class: Record<DistanceName, Record<ImageClass, Spread>>;
  };
  scores: {
    per_model: Record<string, Scores>;
    over_models: Record<ScoreName, Spread>;
    ensemble: Scores;
    ensemble_label: number[];
  };
  uncertainty: Uncertainty & { by_class: Record<UncertaintyName, Record<ImageClass, Spread>> };
  alpha_star: AlphaStar;
  /** Null for fewer than two models, or when it was not asked for. */
  bootstrap: Record<'image' | 'pair', Record<ModelStatistic, Interval> | null> | null;
  /** The same and more for reading: corrected for few units. Not in the layout of SPEC 11. */
  intervals: Record<'image' | 'pair', Record<ShownStatistic, CorrectedInterval> | null> | null;
}

/** The whole of a group's analysis, and the view that comparisons with other groups are made from. */
export function analyseDiverse(group: ModelGroup, context: Context): { view: GroupView; analysis: DiverseAnalysis } {
  const view = viewGroup(group, context);
  return { view, analysis: { ...tables(view, context), ...agreement(view, context), ...softmaxPart(view, context) } };
}

function tables(view: GroupView, context: Context) {
  const { group, classified } = view;
  const { input, humans, memo, units } = context;
  const { keys } = input;
  const pairs = memo.pairs(keys && group.members.map((model) => `${keys.images} ${keys.models[model]!}`), group.labels);
  const tops = view.softmax.passes.map(({ top }) => top);
  const resampled = context.resampling && canDisagree(group);
  const drawing = (of: Units) => (resampled ? bootstrap(of.length, shownStatistics(view, of)) : null);
  const [byImage, byPair] = [drawing(units.image), drawing(units.pair)];
  return {
    models: [...group.names],
    n_models: group.members.length,
    image_class: [...classified.classes],
    types: countTypes(group, classified),
    fig4: fig4(group, humans.view, classified),
    table2: table2(group, humans.view, pairs),
    table4: table4(tops, classified),
    model_certainty_pct: certaintyPct(group.votes),
    cohen: cohen(group.names, pairs),
    bootstrap: resampled ? { image: specIntervals(byImage), pair: specIntervals(byPair) } : null,
    intervals: resampled ? { image: byImage?.corrected ?? null, pair: byPair?.corrected ?? null } : null,
  };
}

/** Those of SPEC 8: its layout has no others. */
function specIntervals(found: Bootstrap<ShownStatistic> | null): Record<ModelStatistic, Interval> | null {
  return found && byName(modelStatisticNames, (name) => found.percentile[name]);
}

/** The statistics of SPEC 8 and others as means over image positions. */
function shownStatistics(
  { counts, classified, wrongShare, distances, group }: GroupView,
  units: Units,
): Record<ShownStatistic, UnitStatistic> {
  const over = (value: (image: number) => number): UnitStatistic =>
    meanOver(
      units,
      Float64Array.from({ length: counts.images }, (_, image) => value(image)),
    );
  const models = group.members.length;
  const isClass = (name: ImageClass) => over((image) => (classified.classes[image] === name ? 100 : 0));
  return {
    type_a_pct: isClass('type_a'),
    type_c_pct: isClass('type_c'),
    nn_disagree_pct: over((image) => (group.votes.distinct[image]! > 1 ? 100 : 0)),
    misclassified_per_model_pct: over((image) => 100 * wrongShare[image]!),
    pairwise_disagreement_pct: over((image) => {
      const same = countsOf(counts, image).reduce((sum, count) => sum + count * (count - 1), 0);
      return 100 * (1 - same / (models * (models - 1)));
    }),
    // Only determined images are drawn, and these have labels.
    js_bits: over((image) => distances.js_bits[image] ?? 0),
    type_b_pct: over((image) => (isTypeB(classified, image) ? 100 : 0)),
    both_disagree_pct: isClass('both_disagree'),
    both_agree_pct: isClass('both_agree'),
    exception_pct: over((image) => (classified.exception[image] ? 100 : 0)),
    misclassified_across_pct: over((image) => (wrongShare[image]! > 0 ? 100 : 0)),
  };
}

function isTypeB({ classes, exception }: ClassifiedImages, image: number): boolean {
  const name = classes[image];
  return name === 'both_disagree' || (name === 'both_agree' && exception[image] !== true);
}

function agreement({ group, counts }: GroupView, { input, humans, reference }: Context) {
  return {
    fleiss_kappa: fleissKappa(counts),
    krippendorff_alpha: krippendorffAlpha(counts),
    error_consistency: {
      model_model: modelConsistency(group.labels, group.names, reference.majority),
      human_model: humanModelConsistency(humans.labels, input.labelers, group.labels, group.names),
    },
  };
}

function softmaxPart(view: GroupView, context: Context) {
  const { group, counts, classified, softmax } = view;
  const { input, humans, pairs, humanFlips, reference } = context;
  const { mean, label } = softmax.ensemble;
  const human = input.images.map((_, image) => countEntropyBits(countsOf(humans.counts, image)));
  const vote = input.images.map((_, image) => countEntropyBits(countsOf(counts, image)));
  const { total_bits: predictive } = softmax.uncertainty;
  const names: UncertaintyName[] = ['total_bits', 'aleatoric_bits', 'epistemic_bits'];
  const scores = softmax.passes.map((pass) => pass.scores);
  const share = (image: number, k: number): number => mean[image * input.classes + k]!;
  return {
    entropy: {
      vote_bits: vote,
      predictive_bits: predictive,
      pearson_vote: pearson(human, vote),
      spearman_vote: spearman(human, vote),
      pearson_predictive: pearson(human, predictive),
      spearman_predictive: spearman(human, predictive),
    },
    divergence: {
      per_image: view.distances,
      mean: byName(distanceNames, (name) => spread(view.distances[name]).mean),
      by_class: byName(distanceNames, (name) => spreadByClass(view.distances[name], classified)),
    },
    scores: {
      per_model: Object.fromEntries(group.names.map((name, at) => [name, scores[at]!])),
      over_models: overModels(scores),
      ensemble: ensembleScores(softmax.ensemble, reference).scores,
      ensemble_label: label,
    },
    uncertainty: {
      ...softmax.uncertainty,
      by_class: byName(names, (name) => spreadByClass(softmax.uncertainty[name], classified)),
    },
    alpha_star: compareFlips(flipsByPair(pairs, input.images, group.labels, group.votes, share), humanFlips),
  };
}

function byName<Name extends string, T>(names: readonly Name[], of: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, T>;
}
