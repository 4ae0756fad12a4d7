import type {
  ArmResult,
  DivergenceFloor,
  DivergenceResult,
  LabelFloor,
} from '../../contrasts/analysis/label-training.ts';
import type { Effect, EffectReason } from '../../contrasts/analysis/effects.ts';
import { type OwnLabelsResult, ownScores } from '../analysis/own-labels.ts';
import type { Verdict } from '../../contrasts/analysis/families.ts';
import type { Spread } from '../../../analysis/statistics/index.ts';
import type { ApiInterval, Cell, Column, Exhibit } from '../../../contract/results/index.ts';
import type { Target } from '../../../contract/recipes/index.ts';
import { type TargetArm, targetArms } from '../../contrasts/contract/target-arms.ts';
import type { Half, Teaching } from '../contract/design.ts';
import { formatCount, formatInteger, targetTitle } from '../../../domain/numbers/index.ts';
import { armTitle, scoreNames, verdictWords } from '../analysis/arms.ts';
import {
  adjustedP,
  count,
  intervalMethod,
  named,
  orWhy,
  pColumns,
  spreadOrWhy,
  undefinedCell,
  withIntervals,
} from '../../../exhibits/parts/index.ts';

/** Outcomes of the networks of an arm. */
export interface TaughtResult extends ArmResult {
  readonly divergence: DivergenceResult;
  /** A share, over seeds, of what `TeachingOutcomes.accuracyOf` says. */
  readonly test_accuracy: Spread;
}

/** How networks of an arm did on held-out images, against people who taught none of them. */
export interface ArmOutcome {
  readonly arm: TargetArm;
  /** Seeds with a network of every fold; those that miss one are left out. */
  readonly networks: number;
  readonly missing: number;
  /** Null: no seed is complete. */
  readonly result: TaughtResult | null;
  /** p of the difference to the reference in the declared outcome; arms and halves are one family. Null: not defined. */
  readonly p: number | null;
  readonly adjusted: number | null;
  /** Images on which the declared outcome differs most from the reference, the largest difference first. */
  readonly apart: readonly { readonly image: number; readonly difference: number }[];
}

/** Outcomes where one half of the people taught and the other examines. */
export interface DirectionOutcome {
  readonly teachers: Half;
  /** People, or labels where these are counts. */
  readonly people: { readonly teaching: number; readonly examining: number };
  /** Held-out images with a label of people who examine. */
  readonly images: number;
  /** Networks of a group, for type C. */
  readonly order: number;
  readonly floor: LabelFloor & DivergenceFloor;
  readonly arms: readonly ArmOutcome[];
  /** Null: no network was taught by one person. */
  readonly own: OwnLabelsOutcome | null;
}

/** How the labels of single people who teach are predicted. */
export interface OwnLabelsOutcome {
  /** With networks of their own that are complete. */
  readonly people: number;
  /** `adjusted`: p of the difference in the declared outcome, by Holm's method over a half. Null: not defined. */
  readonly predictors: readonly (OwnLabelsResult & { readonly predictor: string; readonly adjusted: number | null })[];
}

export interface TeachingOutcomes {
  readonly name: string;
  readonly target: Target;
  readonly reference: TargetArm;
  readonly outcome: Teaching['outcome'];
  /** How much lower accuracy may be, as a share. */
  readonly margin: Teaching['margin'];
  readonly simulated: boolean;
  /** What halves are of: labels, where they are counts. One person may be in both then. */
  readonly halvesOf: 'people' | 'labels';
  /** Labels have changed since the targets were made: the teachers of then are examined by the labels of now. */
  readonly outdated: boolean;
  /** What test accuracy is of: all test images, or, where some are taught, the held-out ones. */
  readonly accuracyOf: 'test images' | 'held-out test images';
  /** Halves that are to teach, too, but of whose reference no seed is complete. */
  readonly missing: readonly Half[];
  readonly directions: readonly DirectionOutcome[];
}

/** Which directions are not there yet, and what to do: sentences. */
export const missingSentences = ({ missing, reference, target }: TeachingOutcomes): string[] =>
  missing.map(
    (half) =>
      `Half ${half} as teachers (the other half examines) is not there yet: no seed of “${armTitle(reference)}” has networks of every fold that reached ${targetTitle(target)} and predicted the images. Start the study, or \`boundary study run\`, to train what is left. Until then p is adjusted as if the tests of half ${half} had found nothing.`,
  );

/** What predicts single people's labels, for reading. */
export function predictorTitle(predictor: string): string {
  switch (predictor) {
    case 'own':
      return 'Their own networks';
    case 'others':
      return 'Networks of other people';
    case 'start':
      return 'What these networks start from';
    case 'people':
      return 'All other people';
  }
  const arm = targetArms.find((each) => each === predictor);
  return arm ? armTitle(arm) : predictor;
}

/** p of a family of tests below which a difference is claimed. */
const level = 0.05;

/** What may be said of an arm's difference from the reference in the declared outcome; null: nothing is defined. */
export function verdictOf(
  { result, adjusted }: Pick<ArmOutcome, 'result' | 'adjusted'>,
  outcome: TeachingOutcomes['outcome'],
): Verdict | null {
  const estimate = result?.against_reference?.[outcome].estimate ?? null;
  if (adjusted === null || estimate === null) return null;
  if (adjusted >= level) return 'not_separated';
  return estimate < 0 ? 'lower' : 'higher';
}

const noSeed = 'No seed has networks of all folds that reached the target and predicted the images.';

/** Why an effect, or its interval, is not defined: a sentence. */
export function effectReason(reason: EffectReason): string {
  switch (reason) {
    case 'no_cell':
      return noSeed;
    case 'order':
      return 'There are fewer networks than a group has. Train more seeds.';
    case 'undefined':
      return 'The outcome is undefined.';
    case 'one_pair':
      return 'An interval needs two pairs of classes, or two images that lie between none.';
    case 'one_anchor':
      return 'One anchor is in more than half of the pairs: the data hold hardly more than one draw of it.';
    case 'one_run':
      return 'It takes two complete seeds to know how much they vary. Train more seeds.';
    case 'no_variation':
      return 'Nothing varied, which does not mean that nothing can.';
  }
}

function intervalOf(effect: Effect, times: number): ApiInterval {
  const { lo, hi, reason, n_runs, n_anchors, n_pairs } = effect;
  const units = effect.units ?? 'pairs';
  const scaled = (end: number | null): number | null => (end === null ? null : times * end);
  return {
    lo: scaled(lo),
    hi: scaled(hi),
    claim: 'networks',
    units,
    nNull: 0,
    n: (units === 'anchors' ? n_anchors : n_pairs) ?? 0,
    replicates: { networks: n_runs ?? 0 },
    undefined: reason === null ? null : effectReason(reason),
  };
}

const effectCell = (effect: Effect | undefined, times = 1): Cell =>
  effect?.estimate == null
    ? undefinedCell(effectReason(effect?.reason ?? 'no_cell'))
    : count(times * effect.estimate, { interval: intervalOf(effect, times) });

/** `Half a teaches`; with the target where there are several. */
export const partTitle = (
  all: readonly TeachingOutcomes[],
  { target }: TeachingOutcomes,
  { teachers }: DirectionOutcome,
) => `Half ${teachers} teaches${all.length > 1 ? `, ${targetTitle(target)}` : ''}`;

const headColumns: Column[] = [
  { name: 'Teachers', groups: true },
  { name: 'Arm', key: 'arm' },
];

/** What is compared with whom: sentences. */
function designNotes(all: readonly TeachingOutcomes[]): string[] {
  const [first] = all;
  if (!first) return [];
  const what = first.halvesOf === 'people' ? 'labeler' : 'label';
  return [
    ...first.directions.map(
      ({ teachers, people, images }) =>
        `Where half ${teachers} teaches, ${formatCount(people.teaching, what)} made the targets and ${formatInteger(people.examining)} others examine, on ${formatCount(images, 'image')} that the networks were not taught.`,
    ),
    ...all.flatMap((outcomes) => missingSentences(outcomes)),
    ...(first.directions.length > 1
      ? ['Both directions share images and the seeds of networks, so they are not independent repetitions.']
      : []),
    ...(first.halvesOf === 'labels'
      ? ['The labels are counts, so halves are of labels: one person may teach and examine.']
      : []),
    ...(first.outdated
      ? ['Labels have changed since the targets were made: targets are of the labels then, tests of the labels now.']
      : []),
  ];
}

/** Scores of every arm, between the floor and the ceiling of people. @param all of one study, one a target */
export function teachingScoresExhibit(
  study: { readonly rehearsal: boolean },
  all: readonly TeachingOutcomes[],
): Exhibit {
  const spread = (name: string, decimals = 3): Column => ({ name, decimals, spread: true });
  const people = (title: string, scores: readonly (number | null)[], unbiased: number | null): Cell[] => {
    const why = 'No image has two labels of people who examine.';
    const [nll, brier, js] = scores.map((score) => orWhy(score, why));
    return [title, null, nll ?? null, brier ?? null, unbiased, js ?? null, ...new Array<null>(7).fill(null)];
  };
  return withIntervals(study, {
    id: 'teachers-scores',
    number: '',
    title: 'What networks learn, by arm',
    people: true,
    heads: 2,
    columns: [
      ...headColumns,
      { name: 'Seeds', decimals: 0 },
      ...[
        spread('NLL'),
        spread('Brier'),
        spread('Brier, unbiased'),
        spread('JS, bits'),
        spread('Accuracy'),
        spread('Test accuracy', 4),
        spread('ECE'),
      ],
      ...[
        { name: 'Entropy r', decimals: 3 },
        { name: 'Entropy r, corrected', decimals: 3 },
        spread('Flip error'),
        { name: 'Type C', decimals: 1, unit: '%' },
      ],
    ],
    rows: all.flatMap((outcomes) =>
      outcomes.directions.flatMap((direction) => {
        const { floor, arms } = direction;
        const rows = [
          people('Floor: true distribution', [floor.nll_floor, floor.brier_floor, floor.js_floor], 0),
          ...arms.map((arm) => scoreRow(arm)),
          people(
            'Ceiling: half of them predicts the other',
            [floor.nll_ceiling, floor.brier_ceiling, floor.js_ceiling],
            null,
          ),
        ];
        return rows.map((cells): Cell[] => [partTitle(all, outcomes, direction), ...cells]);
      }),
    ),
    notes: [
      ...designNotes(all),
      `Means over seeds and their standard deviation; each seed has a network for every fold, and each image is predicted by the one that was not taught it. Lower is better for NLL, Brier, JS, ECE and flip error. Accuracy: share of images that get the label most people gave; test accuracy: of ${all[0]?.accuracyOf ?? 'test images'} that get their true class.`,
      'Floor of NLL and Brier: what people’s true distribution would score with so many labels. Ceiling: half of the people who examine predicts the other half. Networks between them predict people better than people do.',
      jsNote,
    ].map((note) => named(study, note)),
  });
}

const jsNote =
  'JS: Jensen–Shannon divergence between the labels’ shares and a network’s softmax, in bits; its floor takes these shares for the true distribution. Where labels are few and most agree, it favors networks that are surer than people, and its floor is too low. So it gets no verdict.';

const noTestAccuracy = 'No held-out test image has a known class.';

function scoreRow({ arm, networks, missing, result }: ArmOutcome): Cell[] {
  const of = result?.over_seeds;
  const score = (value: Spread | undefined): Cell => spreadOrWhy(value, noSeed, null);
  return [
    armTitle(arm),
    missing > 0 ? count(networks, { note: `of ${formatInteger(networks + missing)}` }) : networks,
    ...[
      score(of?.nll),
      score(of?.brier),
      score(of?.brier_unbiased),
      score(result?.divergence.over_seeds),
      score(of?.accuracy),
      spreadOrWhy(result?.test_accuracy, result ? noTestAccuracy : noSeed, null),
      score(of?.ece),
    ],
    orWhy(result?.entropy.r, result ? 'The entropies of people or networks do not vary.' : noSeed),
    orWhy(result?.entropy.corrected, result ? 'How reliable people’s entropies are is not known.' : noSeed),
    spreadOrWhy(result?.flip_error, result ? 'No pair has a flip point of both.' : noSeed, 'pairs of classes'),
    effectCell(result?.type_c, 100),
  ];
}

/** Each arm against the reference. @param all of one study, one a target */
export function teachingDifferencesExhibit(
  study: { readonly rehearsal: boolean },
  all: readonly TeachingOutcomes[],
): Exhibit {
  const [first] = all;
  const outcome = scoreNames[first?.outcome ?? 'brier'];
  const reference = first ? armTitle(first.reference) : '';
  return withIntervals(study, {
    id: 'teachers-differences',
    number: '',
    title: `Arms against “${reference}”`,
    people: true,
    heads: 2,
    columns: [
      ...headColumns,
      ...['NLL', 'Brier', 'JS'].map((name): Column => ({ name: `${name} difference`, decimals: 4, interval: true })),
      ...[...pColumns, { name: 'Verdict' }],
      ...[
        { name: 'Accuracy difference', unit: 'points', decimals: 2 },
        { name: 'Accuracy at least', unit: 'points', decimals: 2 },
        { name: 'Accuracy verdict' },
      ],
    ],
    rows: all.flatMap((outcomes) =>
      outcomes.directions.flatMap((direction) =>
        direction.arms
          .filter(({ arm }) => arm !== outcomes.reference)
          .map((arm): Cell[] => [partTitle(all, outcomes, direction), ...differenceRow(arm, outcomes)]),
      ),
    ),
    notes: [
      `Arm less ${reference}, with the same seeds on the same images; lower is better. p tests that there is no difference in ${outcome}, adjusted by Holm’s method over all arms and halves, also those that are not trained yet; the verdict is better or worse where it is below ${level}.`,
      jsNote,
      `Accuracy on ${first?.accuracyOf ?? 'test images'}: the verdict is “no worse” where the lower end of a one-sided 95 % interval is above the margin of ${(100 * (first?.margin ?? 0)).toFixed(2)} points below the reference.`,
      intervalMethod,
    ].map((note) => named(study, note)),
  });
}

/** Why a difference in predicting single people's labels is not defined: a sentence. */
const ownReason = (reason: EffectReason | null): string =>
  reason === 'no_cell'
    ? 'There is no image that all of these people labeled, or nothing predicts it.'
    : reason === 'one_run'
      ? 'It takes two people to know how much they vary.'
      : effectReason(reason ?? 'no_cell');

/** How single people's own labels are predicted. @param all of one study, one a target */
export function teachingOwnLabelsExhibit(
  study: { readonly rehearsal: boolean },
  all: readonly TeachingOutcomes[],
): Exhibit {
  const [first] = all;
  const spread = (name: string): Column => ({ name, decimals: 3, spread: true });
  const effect = ({ estimate, lo, hi, reason, n_runs, n_anchors, n_pairs, units }: Effect): Cell =>
    estimate === null
      ? undefinedCell(ownReason(reason))
      : count(estimate, {
          interval: {
            lo,
            hi,
            claim: 'all',
            units: units ?? 'pairs',
            nNull: 0,
            // Each person comes with networks of their own.
            replicates: { people: n_runs ?? 0, networks: n_runs ?? 0 },
            n: (units === 'anchors' ? n_anchors : n_pairs) ?? 0,
            undefined: lo === null ? ownReason(reason) : null,
          },
        });
  const none = 'No image of these people has a prediction.';
  return withIntervals(study, {
    id: 'teachers-own',
    number: '',
    title: 'Who predicts a single labeler’s own labels',
    people: true,
    heads: 2,
    columns: [
      ...[{ name: 'Teachers', groups: true }, { name: 'Predicted by' }],
      ...[spread('NLL'), spread('Brier'), spread('Accuracy')],
      ...['NLL', 'Brier'].map((name): Column => ({ name: `${name}: own less this`, decimals: 4, interval: true })),
      adjustedP,
    ],
    rows: all.flatMap((outcomes) =>
      outcomes.directions.flatMap((direction) =>
        (direction.own?.predictors ?? []).map(
          ({ predictor, over_people: of, own_difference: by, adjusted }): Cell[] => [
            ...[partTitle(all, outcomes, direction), predictorTitle(predictor)],
            ...ownScores.map((score) => spreadOrWhy(of[score], none, null)),
            ...(by ? [effect(by.nll), effect(by.brier)] : [null, null]),
            by && predictor !== 'people' ? orWhy(adjusted, ownReason(by[outcomes.outcome].reason)) : null,
          ],
        ),
      ),
    ),
    notes: [
      'Each network was trained further with the labels of one labeler who teaches, and predicts that labeler’s labels of images that it was not taught. Networks of other arms have the same seeds. Means over labelers and their standard deviation; lower is better for NLL and Brier.',
      'All other people: the shares of everybody else’s labels of an image predict the labeler’s; for NLL, one more label is added, spread evenly over the classes.',
      `Differences: on the images that all of these labelers labeled. p tests that there is no difference in ${scoreNames[first?.outcome ?? 'brier']}, adjusted by Holm’s method over the networks of a half.`,
      intervalMethod,
    ].map((note) => named(study, note)),
  });
}

function differenceRow(arm: ArmOutcome, { outcome }: TeachingOutcomes): Cell[] {
  const { result, p, adjusted } = arm;
  const against = result?.against_reference;
  const accuracy = result?.non_inferiority;
  const why = effectReason(against?.[outcome].reason ?? 'no_cell');
  const isKnown = result?.test_accuracy.mean != null;
  const whyAccuracy = isKnown || !result ? 'It takes two complete seeds whose differences vary.' : noTestAccuracy;
  const found = verdictOf(arm, outcome);
  return [
    armTitle(arm.arm),
    ...[against?.nll, against?.brier, result?.divergence.against_reference ?? undefined].map((effect) =>
      effectCell(effect),
    ),
    ...[orWhy(p, why), orWhy(adjusted, why), found === null ? undefinedCell(why) : verdictWords[found]],
    orWhy(accuracy?.mean == null ? null : 100 * accuracy.mean, result ? whyAccuracy : noSeed),
    orWhy(accuracy?.lower == null ? null : 100 * accuracy.lower, whyAccuracy),
    accuracy?.non_inferior == null
      ? undefinedCell(whyAccuracy)
      : accuracy.non_inferior
        ? 'no worse'
        : 'not shown to be no worse',
  ];
}
