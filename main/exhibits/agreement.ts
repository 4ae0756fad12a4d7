import { cohen, orderBySimilarity, type PairTable } from '../analysis/labels/agreement.ts';
import type { ShownInterval } from '../analysis/claims/claims.ts';
import type { DiverseAnalysis } from '../analysis/groups/diverse.ts';
import { countPairs } from '../analysis/labels/pair-counts.ts';
import { byName, spread, type Spread } from '../analysis/statistics/spread.ts';
import { agreementMeasures, agreementNames } from '../contract/api/results-tables.ts';
import type { Cell, Column, Exhibit, Quantity } from '../contract/results/exhibit.ts';
import type { Figure, MatrixChart } from '../contract/results/figure.ts';
import { at } from '../domain/numbers/arrays.ts';
import { architectureStyle } from '../domain/results/figures.ts';
import { peopleWord } from '../domain/numbers/format.ts';
import { whyNotOfKind } from '../domain/results/response-kinds.ts';
import { targetOfKey } from '../domain/numbers/targets.ts';
import { meanCell, noInterval, orWhy, quantity, withIntervals } from './parts/cells.ts';
import { peopleDisagree, peoplePairwise } from './paper-tables.ts';
import {
  allLabelsTheSame,
  constantPairs,
  intervalsOfPeople,
  intervalsWithNetworks,
  nobody,
  noErrors,
  noPeople,
  oneRater,
  twoModels,
  whyNotPersons,
} from './parts/reasons.ts';
import { inWords, named, peopleNumber, type StudyNumbers } from './parts/study-numbers.ts';
import { oncePerView, type StudyView, type ViewedGroup } from './parts/study-view.ts';
import type { View } from './view.ts';

/**
 * Krippendorff's α and Fleiss' κ of a group, or else of people. n: images with two labels or more (metrics.md 3).
 * @param raters how many people, or networks of the group
 */
function coefficients(study: StudyNumbers, raters: number, group?: DiverseAnalysis): Quantity[] {
  const reason = whyNoAgreement(study, { raters, people: !group }).together;
  const of = group ?? study.humans;
  const n = group ? (raters < 2 ? 0 : study.images) : study.determined;
  const none = noInterval(named(study, intervalsOfPeople));
  const intervals = group ? { krippendorff_alpha: none, fleiss_kappa: none } : study.humans?.intervals;
  return [
    quantity(of?.krippendorff_alpha, n, 'images', { reason, interval: intervals?.krippendorff_alpha }),
    quantity(of?.fleiss_kappa, n, 'images', {
      reason: (group ? null : whyNotOfKind(study.response, 'fleiss')) ?? reason,
      interval: intervals?.fleiss_kappa,
    }),
  ];
}

const coefficientColumns: Column[] = [
  { key: 'krippendorff', name: 'Krippendorff’s α', decimals: 3 },
  { key: 'fleiss', name: 'Fleiss’ κ', decimals: 3 },
];

type Measure = (typeof agreementMeasures)[number];

/** A measure of pairs of raters; `a` and `b` are their places. */
interface Pairs {
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
  readonly length: number;
  value(pair: number): number | null;
}

const none: Pairs = { a: [], b: [], length: 0, value: () => null };

const column = <Name extends string>(pairs: PairTable<Name> | null | undefined, name: Name): Pairs =>
  pairs ? { a: pairs.a, b: pairs.b, length: pairs.length, value: (pair) => pairs.value(name, pair) } : none;

/** Cohen's kappa of every person with every model, by group. */
const crossCohen = oncePerView((study: StudyView) => {
  const { labels: people } = study.context().humans;
  return study.groups.map(({ view }) => {
    const models = view().group.labels;
    if (!people) return null;
    const raters = people.raters + models.raters;
    const values = new Int16Array(people.values.length + models.values.length);
    values.set(people.values);
    values.set(models.values, people.values.length);
    const all = cohen(new Array<string>(raters).fill(''), countPairs({ ...models, raters, values })).pairs;
    return all.where((a, b) => a < people.raters && b >= people.raters, { a: 0, b: people.raters });
  });
});

/** The measure of each pair of people, of networks of a group, and of a person and a network. */
function pairsOf(study: StudyView, compared: ViewedGroup | null, measure: Measure) {
  const { humans } = study;
  const group = compared?.group;
  if (measure === 'errors')
    return {
      people: column(humans?.error_consistency?.pairs, 'kappa'),
      networks: column(group?.error_consistency.model_model.pairs, 'kappa'),
      between: column(group?.error_consistency.human_model?.pairs, 'kappa'),
    };
  const name = measure === 'cohen' ? 'kappa' : 'p_obs';
  return {
    people: column(humans?.cohen?.pairs, name),
    networks: column(group?.cohen.pairs, name),
    between: column(compared && crossCohen(study)[study.groups.indexOf(compared)], name),
  };
}

const meanOf = (of: Pairs): Spread => spread(Array.from({ length: of.length }, (_, pair) => of.value(pair)));

const pairNames: Record<Measure, string> = {
  cohen: 'Cohen’s κ, pairs',
  errors: 'Error consistency κ, pairs',
  same: 'Equal labels, pairs',
};

/** How far raters agree: people, each group of networks, and people with these. */
export const agreementExhibit = oncePerView((study: StudyView): Exhibit => {
  const { humans, labelers } = study;
  const ofPeople = whyNoAgreement(study, { raters: labelers, people: true });
  const people: Cell[] = [
    ...[named(study, 'People'), peopleNumber(study), ...coefficients(study, labelers)],
    ...agreementMeasures.map((measure) =>
      meanCell(meanOf(pairsOf(study, null, measure).people), 'pairs of people', {
        reason: measure === 'errors' ? ofPeople.errors : ofPeople.pairs,
        interval: {
          cohen: humans?.intervals?.cohen_kappa,
          errors: noInterval(named(study, intervalsWithNetworks)),
          same: null,
        }[measure],
      }),
    ),
  ];
  const ofPeopleOnly = noInterval(named(study, intervalsOfPeople));
  const groups = study.groups.flatMap((compared): Cell[][] => {
    const { group, raters } = compared;
    const why = whyNoAgreement(study, { raters: group.n_models, people: false });
    const apart = labelers === 0 ? nobody : (whyNotPersons(study) ?? constantPairs);
    const pairs = byName(agreementMeasures, (measure) => pairsOf(study, compared, measure));
    const interval = (measure: Measure, errors: ShownInterval | null | undefined) =>
      ({ errors, cohen: ofPeopleOnly, same: null })[measure];
    return [
      [
        ...[raters, group.n_models, ...coefficients(study, group.n_models, group)],
        ...agreementMeasures.map((measure) =>
          meanCell(meanOf(pairs[measure].networks), 'pairs of models', {
            reason: measure === 'errors' ? why.errors : why.pairs,
            interval: interval(measure, group.intervals?.model_model_kappa),
          }),
        ),
      ],
      [
        ...[`${named(study, 'People')} and ${raters.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}`],
        ...[null, null, null],
        ...agreementMeasures.map((measure) =>
          meanCell(meanOf(pairs[measure].between), 'pairs of people and models', {
            reason: measure === 'errors' ? why.withPeople : apart,
            interval: interval(measure, group.intervals?.human_model_kappa),
          }),
        ),
      ],
    ];
  });
  return withIntervals(study, {
    id: 'agreement',
    number: '',
    title: groups.length > 0 ? 'Agreement within and between' : `Agreement among ${peopleWord(study)}`,
    people: true,
    rows: [people, ...groups],
    columns: [
      ...[{ name: 'Raters', names: true }, { name: 'n' }, ...coefficientColumns],
      ...agreementMeasures.map((key) => ({ key, name: pairNames[key], decimals: 3, spread: true })),
    ],
    notes: [
      named(
        study,
        'Mean ± population standard deviation over pairs. Error consistency (Geirhos et al. 2020): whether two err on the same images, beyond what their accuracies alone make likely.',
      ),
      errorReferenceNote(study),
    ],
  });
});

/** Every rater against every other, similar ones side by side: a matrix for each group. @param most raters that are drawn */
export function agreementFigure(study: StudyView, measure: Measure, most: number): Figure {
  return {
    id: measure === 'errors' ? 'consistency-matrix' : `${measure}-matrix`,
    title: agreementNames[measure],
    people: true,
    charts: (study.groups.length > 0 ? study.groups : [null]).map((compared) =>
      matrixOf(study, compared, measure, most),
    ),
    notes: [
      measure === 'same'
        ? '1: all labels are equal; 0: none.'
        : '1: full agreement; 0: chance level; below 0: below chance.',
      ...(measure === 'errors' ? [errorReferenceNote(study)] : []),
    ],
  };
}

/** More raters than these are a list in a report, not a picture. */
const mostOnPaper = 40;

/** As a report has it, which says where the numbers of raters are that are too many. */
export function reportAgreementFigure(view: View): Figure {
  const figure = agreementFigure(view, 'errors', mostOnPaper);
  const isLeftOut = figure.charts.some((chart) => chart.kind === 'matrix' && chart.undefined !== undefined);
  const formats = (['csv', 'json'] as const).filter((of) => view.choice.formats.includes(of));
  const files = [
    ...(view.groups.length > 0 ? ['pairs with networks in error-consistency'] : []),
    ...((view.humans?.cohen?.pairs.length ?? 0) > 0 ? [`every two ${view.people.toLowerCase()} in labeler-pairs`] : []),
  ];
  if (!isLeftOut || formats.length === 0) return figure;
  const named = inWords(formats.map((of) => of.toUpperCase()));
  return {
    ...figure,
    notes: [...figure.notes, `Numbers of all pairs are in the ${named} files: ${files.join(', ')}.`],
  };
}

function matrixOf(study: StudyView, compared: ViewedGroup | null, measure: Measure, most: number): MatrixChart {
  const { input, humans } = study.context();
  // Nobody is compared one by one where nobody knows who gave which label, or answers are no single labels.
  const people = humans.labels ? input.labelers : [];
  const models = (compared?.view().group.members ?? []).map((model) => at(input.models, model));
  const raters: MatrixChart['raters'] = [
    ...people.map((name) => ({ name, of: 'person' as const, hue: 'people' as const })),
    ...models.map(({ name, architecture }) => ({ name, of: 'model' as const, ...architectureStyle(architecture) })),
  ];
  const chart = {
    kind: 'matrix' as const,
    title: compared?.name ?? named(study, 'People'),
    signed: measure !== 'same',
    group: compared?.choice ?? null,
  };
  const nothing = (why: string): MatrixChart => ({ ...chart, raters: [], values: [], undefined: why });
  if (raters.length < 2) return nothing('It needs at least two raters.');
  if (raters.length > most) return nothing(`${raters.length} raters are too many to be drawn: at most ${most} are.`);
  const values = raters.map(() => new Array<number | null>(raters.length).fill(null));
  const fill = (of: Pairs, offsetA: number, offsetB: number): void => {
    for (let pair = 0; pair < of.length; pair++) {
      const [a, b] = [at(of.a, pair) + offsetA, at(of.b, pair) + offsetB];
      at(values, a)[b] = of.value(pair);
      at(values, b)[a] = of.value(pair);
    }
  };
  const pairs = pairsOf(study, compared, measure);
  fill(pairs.people, 0, 0);
  fill(pairs.networks, people.length, people.length);
  fill(pairs.between, 0, people.length);
  const order = orderBySimilarity(values);
  return {
    ...chart,
    raters: order.map((place) => at(raters, place)),
    values: order.map((a) => order.map((b) => at(at(values, a), b))),
  };
}

/** Which label error consistency takes for the right one. */
export const errorReferenceNote = (study: StudyNumbers): string =>
  study.errorReference === 'truth'
    ? 'An answer is right if it is the image’s true class, as the stimulus set states it (the published way); images without a true class are left out.'
    : whyNotOfKind(study.response, 'single') !== null
      ? 'No true class is known for these images, and sets of labels do not say which single answer is right: there is no error consistency.'
      : named(
          study,
          'No true class is known for these images: an answer is right if it is the label of the majority of people who are not in the pair; ties are left out.',
        );

/** Agreement among people, and the entropy of their labels. */
export function peopleMeasuresExhibit(study: StudyNumbers): Exhibit {
  const { humans, labelers } = study;
  // A single label always has entropy 0, which says nothing about the image.
  const entropies = humans?.entropy_bits.filter((_, image) => humans.status[image] !== null) ?? [];
  return withIntervals(study, {
    id: 'people-measures',
    number: '',
    title: `Agreement among ${peopleWord(study)}`,
    people: true,
    paper: true,
    notes: [],
    columns: [
      { name: 'Labelers' },
      { key: 'disagree_pct', name: 'Any differ', decimals: 1, unit: '%' },
      { key: 'pairwise_disagreement_pct', name: 'Two differ', decimals: 1, unit: '%', spread: true },
      ...coefficientColumns,
      { key: 'cohen', name: 'Cohen’s κ of two', decimals: 3, spread: true },
      { key: 'entropy', name: 'Entropy of an image’s labels (bits)', decimals: 3, spread: true },
    ],
    rows: [
      [
        ...[named(study, 'People'), peopleDisagree(study), peoplePairwise(study), ...coefficients(study, labelers)],
        meanCell(humans?.cohen?.kappa ?? spread([]), 'pairs of people', {
          interval: humans?.intervals?.cohen_kappa,
          reason: whyNoAgreement(study, { raters: labelers, people: true }).pairs,
        }),
        meanCell(spread(entropies), 'images', {
          reason: whyNotOfKind(study.response, 'shares') ?? noPeople(study),
        }),
      ],
    ],
  });
}

/** Every pair of error consistency: what the matrix is drawn from. */
export function errorConsistencyExhibit(view: StudyNumbers): Exhibit {
  const rows = view.groups.flatMap(({ target, group: { error_consistency: found } }) =>
    [found.model_model, ...(found.human_model ? [found.human_model] : [])].flatMap(({ pairs }) =>
      Array.from({ length: pairs.length }, (_, at): Cell[] => {
        const { a, b } = pairs.row(at);
        return [
          ...[targetOfKey(target), a, b, pairs.value('n', at)],
          ...(['acc_a', 'acc_b', 'c_obs', 'c_exp', 'kappa'] as const).map((name) =>
            orWhy(
              pairs.value(name, at),
              'Both are always right, or always wrong, or share no image with a right label.',
            ),
          ),
        ];
      }),
    ),
  );
  return {
    id: 'error-consistency',
    long: true,
    number: '',
    title: 'Error consistency of every pair',
    people: true,
    rows,
    notes: [errorReferenceNote(view)],
    columns: [
      ...[{ name: 'Target %' }, { name: 'First' }, { name: 'Second' }, { name: 'n' }],
      ...['Right, first', 'Right, second', 'Observed', 'Expected', 'κ'].map((name) => ({ name, decimals: 3 })),
    ],
  };
}

/** Why measures of agreement are not defined, where they are not. */
interface WhyNoAgreement {
  /** Coefficients of all raters together. */
  together: string;
  /** Cohen's kappa of pairs. */
  pairs: string;
  /** Error consistency within, and with people. */
  errors: string;
  withPeople: string;
}

/** @param raters number of people, or of networks of a group */
export function whyNoAgreement(
  study: StudyNumbers,
  { raters, people }: { raters: number; people: boolean },
): WhyNoAgreement {
  const { labelers } = study;
  const isByMajority = study.errorReference === 'majority';
  const others = (needed: number, what: string): string =>
    isByMajority && labelers > 0 && labelers < needed
      ? `Who is right takes ${what}: at least ${needed} ${peopleWord(study)}.`
      : noErrors;
  const missing = labelers === 0 ? nobody : null;
  const [noLabels, unknown] = [whyNotOfKind(study.response, 'single'), whyNotPersons(study)];
  const withPeople = missing ?? unknown ?? others(2, 'a majority of the others');
  if (!people) {
    const few = raters < 2 ? twoModels : null;
    return {
      together: few ?? allLabelsTheSame,
      pairs: few ?? constantPairs,
      errors: few ?? (isByMajority ? (missing ?? noLabels) : null) ?? noErrors,
      withPeople,
    };
  }
  const few = missing ?? (raters < 2 ? oneRater : null);
  const unshared = study.determined > 0 ? null : noPeople(study);
  return {
    together: few ?? noLabels ?? unshared ?? allLabelsTheSame,
    pairs: few ?? unknown ?? unshared ?? constantPairs,
    errors: few ?? unknown ?? others(3, 'a majority of those who are not in the pair'),
    withPeople,
  };
}
