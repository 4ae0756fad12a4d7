import { at } from '../../domain/numbers/arrays.ts';
import { type Answers, answersOf } from '../labels/known-answers.ts';
import { cohen, type Cohen, fleissKappa, krippendorffAlpha, pairwiseDisagreementPct } from '../raters/agreement.ts';
import type { ClaimSide } from '../claims/claims.ts';
import { type AnalysisPart, statisticsOf, withFields } from './analysis-part.ts';
import type { Context } from './context.ts';
import { type DistanceName, distanceNames } from '../statistics/distances.ts';
import { type CorrelationValue, correlationValues } from '../claims/correlation-interval.ts';
import { countEntropyBits, pearson, spearman } from '../statistics/entropy.ts';
import { canDisagree, type ClassifiedImages, countTypes, fig4 } from '../outcomes/image-types.ts';
import { type Fig4, type ImageClass, imageClasses, type Types } from '../outcomes/image-types.ts';
import { claimSide, groupBootstrap, groupValues } from './group-intervals.ts';
import { type ModelStatistic, type ShownIntervals, shownIntervals } from './group-intervals.ts';
import { type GroupView, spreadByClass, viewGroup } from './group-view.ts';
import type { ModelGroup } from '../outcomes/groups.ts';
import type { HumanView } from '../raters/humans.ts';
import type { Interval } from '../statistics/intervals.ts';
import { certaintyPct, imageCounts } from '../labels/labels.ts';
import type { PairCounts } from '../raters/pair-counts.ts';
import { haveShares } from '../../domain/results/response-kinds.ts';
import { type TypesAt, typesAt } from './types-at.ts';
import { overModels, type ScoreName, type Scores } from '../labels/scores.ts';
import { ensembleScores, type SoftmaxRows, type Uncertainty } from '../labels/softmax.ts';
import { byName, percent, spread, type Spread, spreadOfStream } from '../statistics/spread.ts';

/** The paper's Table 2 for one group (metrics.md 2.2). */
interface Table2 {
  /** Over models: 100 * #wrong / N_D. */
  misclassified_per_model_pct: Spread;
  /** Over models: 100 * #wrong / #{images on which people agree}. */
  misclassified_of_agreed_pct: Spread;
  /** 100 * #{images that some model has wrong} / N_D. */
  misclassified_across_pct: number | null;
  /** Over pairs of models: 100 * #{labels differ} / N. */
  pairwise_disagreement_pct: Spread;
  /** 100 * #{images with two labels or more} / N; null for fewer than two models. */
  all_disagree_pct: number | null;
}

/**
 * metrics.md 2.2. A model is wrong on an image when people agree and its label is not theirs. What concerns models
 * alone has all images as denominator, the rest the determined ones.
 */
function table2(group: ModelGroup, humans: HumanView, pairs: PairCounts): Table2 {
  const { wrongByModel, wrongImages } = countWrong(group, humans);
  const { images } = group.labels;
  const split = group.votes.distinct.filter((labels) => labels > 1).length;
  return {
    misclassified_per_model_pct: spread(wrongByModel.map((wrong) => percent(wrong, humans.determined))),
    misclassified_of_agreed_pct: spread(wrongByModel.map((wrong) => percent(wrong, humans.agreed))),
    misclassified_across_pct: percent(wrongImages, humans.determined),
    pairwise_disagreement_pct: pairwiseDisagreementPct(pairs),
    all_disagree_pct: canDisagree(group) ? percent(split, images) : null,
  };
}

function countWrong(group: ModelGroup, humans: HumanView): { wrongByModel: number[]; wrongImages: number } {
  const { raters, images, values } = group.labels;
  const wrongByModel = new Array<number>(raters).fill(0);
  let wrongImages = 0;
  for (let image = 0; image < images; image++) {
    const truth = humans.unanimous[image]!;
    if (truth === null) continue;
    let wrong = 0;
    for (let model = 0; model < raters; model++) {
      if (values[model * images + image] === truth) continue;
      wrongByModel[model]!++;
      wrong++;
    }
    if (wrong > 0) wrongImages++;
  }
  return { wrongByModel, wrongImages };
}

/**
 * The paper's Table 4: for each image class, the spread of max_k p over all (model, image) values pooled, a fraction;
 * n = models * images of the class (metrics.md 2.5; pooling inferred from the paper's "across all predictions").
 * @param tops largest softmax of each image, a list a model.
 */
function table4(tops: readonly SoftmaxRows[], { classes }: ClassifiedImages): Record<ImageClass, Spread> {
  const spreadOfClass = (wanted: ImageClass): Spread => {
    const images = classes.flatMap((name, image) => (name === wanted ? [image] : []));
    return spreadOfStream(images.length * tops.length, (add) => {
      for (const top of tops) for (const image of images) add(top[image]!);
    });
  };
  return byName(imageClasses, spreadOfClass);
}

/** One diverse group: its models against all labelers (metrics.md 2 to 8). Lists follow `meta.images`. */
export interface DiverseAnalysis {
  models: string[];
  n_models: number;
  /** What is known of all its models; absent: all softmax values. */
  answers?: Exclude<Answers, 'softmax'>;
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
  /** Entropy of the votes and of the mean softmax, and how they go with the entropy of people's labels (metrics.md 4). */
  entropy: {
    vote_bits: (number | null)[];
    predictive_bits: (number | null)[];
  } & Record<CorrelationValue, number | null>;
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
  uncertainty: Record<keyof Uncertainty, (number | null)[]> & {
    by_class: Record<keyof Uncertainty, Record<ImageClass, Spread>>;
  };
  /** Null for fewer than two models, or when it was not asked for. */
  bootstrap: Record<'image' | 'pair', Record<ModelStatistic, Interval> | null> | null;
  /** For reading: under the chosen claim. Null when it was not asked for. Not in the layout of metrics.md 11. */
  intervals: ShownIntervals | null;
  /** If fewer people had been asked; null: it was not asked for, or there are no more people. Not in that layout either. */
  types_at: TypesAt | null;
}

/** A group's analysis, and what it is compared with others from. */
export interface AnalyzedGroup {
  view: GroupView;
  claims: ClaimSide;
  analysis: DiverseAnalysis;
}

/** @param parts what contributions add */
export function analyzeDiverse(
  group: ModelGroup,
  context: Context,
  parts: readonly AnalysisPart[] = [],
): AnalyzedGroup {
  const view = viewGroup(group, context);
  const claims = claimSide(view, context);
  const own = { ...tables(view, context), ...agreement(view), ...softmaxPart(view, context) };
  const { answers } = view;
  const intervals = context.intervals ? shownIntervals(valuesOf(context, parts), claims, context.claim) : null;
  const types_at = context.asked === null ? null : typesAt({ view, claims }, context, context.asked);
  const analysis = { ...own, intervals, types_at };
  const fields = parts.flatMap(({ groups }) => groups);
  const added = withFields<DiverseAnalysis, [GroupView, Context]>(analysis, fields, view, context);
  if (answers === 'softmax') return { view, claims, analysis: added };
  const ofModel = (place: number) => answersOf(at(context.input.models, at(group.members, place)));
  return { view, claims, analysis: withoutUnknown(added, answers, ofModel) };
}

/** Values that mean something of these people, those of contributions before correlations. */
const valuesOf = (context: Context, parts: readonly AnalysisPart[]) => {
  const withShares = haveShares(context.humans.kind);
  return [
    ...groupValues.filter((value) => withShares || value !== 'js_bits'),
    ...statisticsOf(parts, 'groups', context),
    ...(withShares ? correlationValues : []),
  ];
};

function tables(view: GroupView, context: Context) {
  const { group, classified } = view;
  const { input, humans, memo } = context;
  const { keys } = input;
  const pairs = memo.pairs(
    keys && group.members.map((model) => `${keys.images} ${at(keys.models, model)}`),
    group.labels,
  );
  const tops = view.softmax.passes.map(({ top }) => top);
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
    bootstrap: context.resampling && canDisagree(group) ? groupBootstrap(view, context) : null,
  };
}

const agreement = ({ counts }: GroupView) => ({
  fleiss_kappa: fleissKappa(counts),
  krippendorff_alpha: krippendorffAlpha(counts),
});

const uncertaintyNames = ['total_bits', 'aleatoric_bits', 'epistemic_bits'] as const;

/** Entropy of people's votes on each image; null where their answers give no shares. */
const humanEntropies = ({ input, humans }: Context) =>
  input.images.map((_, image) => (haveShares(humans.kind) ? countEntropyBits(imageCounts(humans.votes, image)) : null));

function softmaxPart(view: GroupView, context: Context) {
  const { group, counts, classified, softmax } = view;
  const { input, reference } = context;
  const { label } = softmax.ensemble;
  const human = humanEntropies(context);
  const vote = input.images.map((_, image) => countEntropyBits(imageCounts(counts, image)));
  const { total_bits: predictive } = softmax.uncertainty;
  const scores = softmax.passes.map((pass) => pass.scores);
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
      per_model: Object.fromEntries(group.names.map((name, model) => [name, at(scores, model)])),
      over_models: overModels(scores),
      ensemble: ensembleScores(softmax.ensemble, reference).scores,
      ensemble_label: label,
    },
    uncertainty: {
      ...softmax.uncertainty,
      by_class: byName(uncertaintyNames, (name) => spreadByClass(softmax.uncertainty[name], classified)),
    },
  };
}

const none: Spread = spread([]);

/** The analysis of a group of which not all softmax is known, with null where it would be needed. */
function withoutUnknown(
  analysis: DiverseAnalysis,
  known: Exclude<Answers, 'softmax'>,
  ofModel: (place: number) => Answers,
): DiverseAnalysis {
  const { entropy, scores, uncertainty, intervals, table4 } = analysis;
  const all = <T>(list: readonly unknown[], value: T): T[] => list.map(() => value);
  const byClass = (): Record<ImageClass, Spread> => byName(imageClasses, () => none);
  const perModel = Object.fromEntries(
    analysis.models.map((name, place) => [name, knownScores(scores.per_model[name]!, ofModel(place))]),
  );
  const models = Object.values(perModel);
  return {
    ...analysis,
    answers: known,
    table4: known === 'labels' ? byClass() : table4,
    entropy: {
      ...entropy,
      predictive_bits: all(entropy.predictive_bits, null),
      pearson_predictive: null,
      spearman_predictive: null,
    },
    divergence: {
      per_image: byName(distanceNames, () => all(analysis.image_class, null)),
      mean: byName(distanceNames, () => null),
      by_class: byName(distanceNames, byClass),
    },
    scores: {
      per_model: perModel,
      over_models: overModels(models),
      ensemble: { ...knownScores(scores.ensemble, 'labels'), accuracy: null },
      ensemble_label: [],
    },
    uncertainty: {
      total_bits: all(uncertainty.total_bits, null),
      aleatoric_bits: all(uncertainty.aleatoric_bits, null),
      epistemic_bits: all(uncertainty.epistemic_bits, null),
      by_class: byName(uncertaintyNames, byClass),
    },
    bootstrap: null,
    intervals: intervals && withoutSoftmax(intervals, known),
  };
}

/** Agreement with people needs labels, calibration the confidence, all others softmax. */
function knownScores(scores: Scores, known: Answers): Scores {
  if (known === 'softmax') return scores;
  const { n, accuracy, ece } = scores;
  const nothing = { nll_nats: null, brier_hard: null, soft_xent_nats: null, brier_soft: null };
  return { n, accuracy, ece: known === 'confidence' ? ece : null, ...nothing };
}

function withoutSoftmax<T extends object>(intervals: T, known: Exclude<Answers, 'softmax'>): T {
  const isKnown = (name: string): boolean =>
    name !== 'js_bits' && !name.endsWith('_predictive') && (known === 'confidence' || !name.startsWith('max_softmax'));
  return Object.fromEntries(Object.entries(intervals).filter(([name]) => isKnown(name))) as T;
}
