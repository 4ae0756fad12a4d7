import { cohen, orderBySimilarity, type PairTable } from '../analysis/raters/agreement.ts';
import type { DiverseAnalysis } from '../analysis/groups/diverse.ts';
import { countPairs } from '../analysis/raters/pair-counts.ts';
import { spread, type Spread } from '../analysis/statistics/spread.ts';
import { agreementNames } from '../contract/api/results-tables.ts';
import type { Cell, Column, Exhibit, Quantity } from '../contract/results/exhibit.ts';
import type { Figure, MatrixChart } from '../contract/results/figure.ts';
import { at } from '../domain/numbers/arrays.ts';
import { architectureStyle } from '../domain/results/figures.ts';
import { peopleWord } from '../domain/numbers/format.ts';
import { whyNotOfKind } from '../domain/results/response-kinds.ts';
import { meanCell, noInterval, quantity, withIntervals } from './parts/cells.ts';
import { peopleDisagree, peoplePairwise } from './paper-tables.ts';
import {
  allLabelsTheSame,
  constantPairs,
  intervalsOfPeople,
  nobody,
  noPeople,
  oneRater,
  twoModels,
  whyNotPersons,
} from './parts/reasons.ts';
import { inWords, named, peopleNumber, type StudyNumbers } from './parts/study-numbers.ts';
import {
  type AgreementMeasure,
  oncePerView,
  type RaterPairs,
  type StudyView,
  type ViewedGroup,
} from './parts/study-view.ts';
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

const none: RaterPairs = { a: [], b: [], length: 0, value: () => null };

/** A column of a table of pairs. */
export const pairsColumn = <Name extends string>(pairs: PairTable<Name> | null | undefined, name: Name): RaterPairs =>
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

/** A column of the tables that Cohen's kappa is made from. */
const cohenPairs =
  (name: 'kappa' | 'p_obs'): AgreementMeasure['pairs'] =>
  (study, compared) => ({
    people: pairsColumn(study.humans?.cohen?.pairs, name),
    networks: pairsColumn(compared?.group.cohen.pairs, name),
    between: pairsColumn(compared && crossCohen(study)[study.groups.indexOf(compared)], name),
  });

const whyNoPairs: AgreementMeasure['whyNone'] = (study, compared) => {
  const raters = compared ? compared.group.n_models : study.labelers;
  return {
    within: whyNoAgreement(study, { raters, people: !compared }).pairs,
    between: study.labelers === 0 ? nobody : (whyNotPersons(study) ?? constantPairs),
  };
};

const cohenMeasure: AgreementMeasure = {
  key: 'cohen',
  name: 'Cohen’s κ, pairs',
  title: agreementNames.cohen,
  figure: 'cohen-matrix',
  isSigned: true,
  pairs: cohenPairs('kappa'),
  whyNone: whyNoPairs,
  intervals: (study, compared) => {
    const ofPeopleOnly = noInterval(named(study, intervalsOfPeople));
    return compared
      ? { within: ofPeopleOnly, between: ofPeopleOnly }
      : { within: study.humans?.intervals?.cohen_kappa, between: null };
  },
};

const sameMeasure: AgreementMeasure = {
  key: 'same',
  name: 'Equal labels, pairs',
  title: agreementNames.same,
  figure: 'same-matrix',
  isSigned: false,
  pairs: cohenPairs('p_obs'),
  whyNone: whyNoPairs,
  intervals: () => ({ within: null, between: null }),
};

/** Every measure, those of contributions between the core's. */
const measuresOf = ({ measures }: StudyView): AgreementMeasure[] => [cohenMeasure, ...measures, sameMeasure];

const meanOf = (of: RaterPairs): Spread => spread(Array.from({ length: of.length }, (_, pair) => of.value(pair)));

/** How far raters agree: people, each group of networks, and people with these. */
export const agreementExhibit = oncePerView((study: StudyView): Exhibit => {
  const { labelers } = study;
  const measures = measuresOf(study);
  const people: Cell[] = [
    ...[named(study, 'People'), peopleNumber(study), ...coefficients(study, labelers)],
    ...measures.map((measure) =>
      meanCell(meanOf(measure.pairs(study, null).people), 'pairs of people', {
        reason: measure.whyNone(study, null).within,
        interval: measure.intervals(study, null).within,
      }),
    ),
  ];
  const groups = study.groups.flatMap((compared): Cell[][] => {
    const { group, raters } = compared;
    const each = measures.map((measure) => ({
      pairs: measure.pairs(study, compared),
      reason: measure.whyNone(study, compared),
      interval: measure.intervals(study, compared),
    }));
    return [
      [
        ...[raters, group.n_models, ...coefficients(study, group.n_models, group)],
        ...each.map(({ pairs, reason, interval }) =>
          meanCell(meanOf(pairs.networks), 'pairs of models', { reason: reason.within, interval: interval.within }),
        ),
      ],
      [
        ...[`${named(study, 'People')} and ${raters.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}`],
        ...[null, null, null],
        ...each.map(({ pairs, reason, interval }) =>
          meanCell(meanOf(pairs.between), 'pairs of people and models', {
            reason: reason.between,
            interval: interval.between,
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
      ...measures.map(({ key, name }) => ({ key, name, decimals: 3, spread: true })),
    ],
    notes: [
      named(
        study,
        ['Mean ± population standard deviation over pairs.', ...measures.flatMap(({ about = [] }) => about)].join(' '),
      ),
      ...notesOf(measures, study),
    ],
  });
});

const notesOf = (measures: readonly AgreementMeasure[], study: StudyNumbers): string[] =>
  measures.flatMap(({ note }) => note?.(study) ?? []);

/** The matrix of a measure, by its key; without one, of the first that a contribution adds. @param most raters that are drawn */
export function agreementFigure(study: StudyView, key: string | undefined, most: number): Figure {
  const all = measuresOf(study);
  return matrixFigure(study, all.find((each) => each.key === key) ?? study.measures[0] ?? cohenMeasure, most);
}

/** Every rater against every other, similar ones side by side: a matrix for each group. */
function matrixFigure(study: StudyView, measure: AgreementMeasure, most: number): Figure {
  return {
    id: measure.figure,
    title: measure.title,
    people: true,
    charts: (study.groups.length > 0 ? study.groups : [null]).map((compared) =>
      matrixOf(study, compared, measure, most),
    ),
    notes: [
      measure.isSigned
        ? '1: full agreement; 0: chance level; below 0: below chance.'
        : '1: all labels are equal; 0: none.',
      ...notesOf([measure], study),
    ],
  };
}

/** More raters than these are a list in a report, not a picture. */
const mostOnPaper = 40;

/** Matrices as a report has them, which says where the numbers of raters are that are too many. */
export const reportAgreementFigures = (view: View): Figure[] =>
  view.measures.flatMap((measure) => (measure.listedIn ? [reportMatrix(view, measure, measure.listedIn(view))] : []));

function reportMatrix(view: View, measure: AgreementMeasure, tables: readonly string[]): Figure {
  const figure = matrixFigure(view, measure, mostOnPaper);
  const isLeftOut = figure.charts.some((chart) => chart.kind === 'matrix' && chart.undefined !== undefined);
  const formats = (['csv', 'json'] as const).filter((of) => view.choice.formats.includes(of));
  if (!isLeftOut || formats.length === 0) return figure;
  const files = inWords(formats.map((of) => of.toUpperCase()));
  return {
    ...figure,
    notes: [...figure.notes, `Numbers of all pairs are in the ${files} files: ${tables.join(', ')}.`],
  };
}

function matrixOf(
  study: StudyView,
  compared: ViewedGroup | null,
  measure: AgreementMeasure,
  most: number,
): MatrixChart {
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
    signed: measure.isSigned,
    group: compared?.choice ?? null,
  };
  const nothing = (why: string): MatrixChart => ({ ...chart, raters: [], values: [], undefined: why });
  if (raters.length < 2) return nothing('It needs at least two raters.');
  if (raters.length > most) return nothing(`${raters.length} raters are too many to be drawn: at most ${most} are.`);
  const values = raters.map(() => new Array<number | null>(raters.length).fill(null));
  const fill = (of: RaterPairs, offsetA: number, offsetB: number): void => {
    for (let pair = 0; pair < of.length; pair++) {
      const [a, b] = [at(of.a, pair) + offsetA, at(of.b, pair) + offsetB];
      at(values, a)[b] = of.value(pair);
      at(values, b)[a] = of.value(pair);
    }
  };
  const pairs = measure.pairs(study, compared);
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

/** Why measures of agreement are not defined, where they are not: of all raters together, and Cohen's kappa of pairs. */
interface WhyNoAgreement {
  together: string;
  pairs: string;
}

/** @param raters number of people, or of networks of a group */
function whyNoAgreement(study: StudyNumbers, { raters, people }: { raters: number; people: boolean }): WhyNoAgreement {
  if (!people) {
    const few = raters < 2 ? twoModels : null;
    return { together: few ?? allLabelsTheSame, pairs: few ?? constantPairs };
  }
  const few = study.labelers === 0 ? nobody : raters < 2 ? oneRater : null;
  const unshared = study.determined > 0 ? null : noPeople(study);
  return {
    together: few ?? whyNotOfKind(study.response, 'single') ?? unshared ?? allLabelsTheSame,
    pairs: few ?? whyNotPersons(study) ?? unshared ?? constantPairs,
  };
}
