import { type PairTable, cohen, orderBySimilarity } from '../../analysis/agreement.ts';
import type { LabelCounts } from '../../analysis/labels.ts';
import { countPairs } from '../../analysis/pair-counts.ts';
import { spread } from '../../analysis/spread.ts';
import type { AgreementResult, agreementMeasures } from '../../contract/api/results-charts.ts';
import type { Quantity } from '../../contract/exhibit.ts';
import { intervalsOf, meanOf, quantity } from '../../exhibits/cells.ts';
import {
  allLabelsTheSame,
  constantPairs,
  noErrors,
  noNetworks,
  noPeople,
  nobody,
  oneRater,
  thirdLabeler,
} from '../../exhibits/reasons.ts';
import { type GroupResult, type PeopleView, type Sides, answerHeader, leaveOneOut } from './view.ts';
import type { HumanStatus } from '../../analysis/humans.ts';
import type { PeopleAlone } from '../../contract/api/results.ts';
import { peopleDisagree, peoplePairwise } from '../../exhibits/paper-tables.ts';
import { studyNumbers } from './tables.ts';

type Measure = (typeof agreementMeasures)[number];

/** Larger matrices cannot be read on a screen. */
const mostRaters = 400;

/** Pairwise agreement of people and networks, similar raters next to each other. Without a group: of people alone. */
export function agreement(sides: Sides, measure: Measure): AgreementResult {
  const { people, result } = sides;
  const models = result?.models ?? [];
  const names = [...people.context.input.labelers, ...models.map(({ input }) => input.name)];
  const tables = pairTables(sides, measure);
  const why = (pairs: Values, needsPeople: boolean): string =>
    needsPeople && people.labelers.length === 0 ? nobody : whyNoPair(pairs, measure);
  const tooMany = names.length > mostRaters;
  const values = tooMany ? [] : agreementMatrix(sides, tables);
  const order = orderBySimilarity(values);
  const raters = names.map((name, at): AgreementResult['raters'][number] => {
    const model = models[at - people.labelers.length];
    return { name, kind: model ? 'model' : 'person', architecture: model?.input.architecture ?? '' };
  });
  return {
    ...answerHeader(people),
    measure,
    networks: models.length,
    raters: tooMany ? [] : order.map((at) => raters[at]!),
    values: order.map((a) => order.map((b) => values[a]![b]!)),
    undefined: tooMany ? `${names.length} raters are more than a matrix can show (${mostRaters}).` : null,
    people: peopleSummary(people, tables.people, measure),
    models: result
      ? summary(result.analysis, result.view.counts, {
          ...{ pairs: tables.models, what: 'pairs of models', raters: models.length },
          reason: why(tables.models, measure === 'errors'),
        })
      : withoutModels,
    between: meanOverPairs(
      tables.between,
      'pairs of people and models',
      result ? why(tables.between, true) : noNetworks,
    ),
  };
}

const withoutModels: AgreementResult['models'] = {
  krippendorff: quantity(null, 0, 'images', { reason: noNetworks }),
  fleiss: quantity(null, 0, 'images', { reason: noNetworks }),
  pairs: quantity(null, 0, 'pairs of models', { reason: noNetworks }),
};

interface Values {
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
  readonly length: number;
  value(pair: number): number | null;
}

type Tables = Record<'people' | 'models' | 'between', Values>;

const none: Values = { a: [], b: [], length: 0, value: () => null };

/** The measure of each pair of people, of models, and of a person and a model. */
function pairTables({ people, result }: Sides, measure: Measure): Tables {
  const own = people.humans;
  if (measure === 'errors') {
    const found = result?.analysis.error_consistency;
    return {
      people: column(own.error_consistency.pairs, 'kappa'),
      models: found ? column(found.model_model.pairs, 'kappa') : none,
      between: found ? column(found.human_model.pairs, 'kappa') : none,
    };
  }
  const name = measure === 'cohen' ? 'kappa' : 'p_obs';
  return {
    people: column(own.cohen.pairs, name),
    models: result ? column(result.analysis.cohen.pairs, name) : none,
    between: result ? column(crossCohen(people.context.humans.labels, result.view.group.labels), name) : none,
  };
}

const column = <Name extends string>(pairs: PairTable<Name>, name: Name): Values => ({
  a: pairs.a,
  b: pairs.b,
  length: pairs.length,
  value: (pair) => pairs.value(name, pair),
});

type Matrix = GroupResult['view']['group']['labels'];

/** Cohen's kappa of every person with every model. */
function crossCohen(humans: Matrix, models: Matrix): PairTable<'n' | 'p_obs' | 'p_exp' | 'kappa'> {
  const raters = humans.raters + models.raters;
  const values = new Int16Array(humans.values.length + models.values.length);
  values.set(humans.values);
  values.set(models.values, humans.values.length);
  const all = cohen(new Array<string>(raters).fill(''), countPairs({ ...models, raters, values })).pairs;
  return all.where((a, b) => a < humans.raters && b >= humans.raters, { a: 0, b: humans.raters });
}

function agreementMatrix({ people: { labelers }, result }: Sides, tables: Tables): (number | null)[][] {
  const people = labelers.length;
  const size = people + (result?.models.length ?? 0);
  const values = Array.from({ length: size }, () => new Array<number | null>(size).fill(null));
  const fill = (of: Values, offsetA: number, offsetB: number): void => {
    for (let pair = 0; pair < of.length; pair++) {
      const [a, b] = [of.a[pair]! + offsetA, of.b[pair]! + offsetB];
      values[a]![b] = of.value(pair);
      values[b]![a] = of.value(pair);
    }
  };
  fill(tables.people, 0, 0);
  fill(tables.models, people, people);
  fill(tables.between, 0, people);
  return values;
}

type Pairs = Extract<Quantity['of'], 'pairs of people' | 'pairs of models' | 'pairs of people and models'>;

function whyNoPair(of: Values, measure: Measure): string {
  if (of.length === 0) return 'There is no pair.';
  return measure === 'errors' ? noErrors : constantPairs;
}

function whyNoPeoplePair(of: Values, measure: Measure, labelers: number): string {
  if (labelers === 0) return nobody;
  return measure === 'errors' && labelers === 2 ? thirdLabeler : whyNoPair(of, measure);
}

function meanOverPairs(of: Values, what: Pairs, reason: string): Quantity {
  const values = Array.from({ length: of.length }, (_, pair) => of.value(pair));
  return meanOf(spread(values), what, { reason });
}

interface Raters {
  pairs: Values;
  what: 'pairs of people' | 'pairs of models';
  raters: number;
  /** Why the measure of pairs is undefined, if it is. */
  reason: string;
}

/** Agreement among people. */
const peopleCohen = (people: PeopleView): AgreementResult['people'] =>
  peopleSummary(people, column(people.humans.cohen.pairs, 'kappa'), 'cohen');

function peopleSummary(people: PeopleView, pairs: Values, measure: Measure): AgreementResult['people'] {
  const { humans, context, labelers } = people;
  return summary(humans, context.humans.counts, {
    ...{ pairs, what: 'pairs of people', raters: labelers.length },
    reason: whyNoPeoplePair(pairs, measure, labelers.length),
  });
}

/** Alpha and Fleiss' kappa count images with two labels or more (metrics.md 3). */
function summary(
  of: { krippendorff_alpha: number | null; fleiss_kappa: number | null },
  { present }: LabelCounts,
  { pairs, what, raters, reason }: Raters,
): AgreementResult['people'] {
  const shared = present.filter((labels) => labels >= 2).length;
  const noImage =
    raters === 0 && what === 'pairs of people'
      ? nobody
      : raters < 2
        ? oneRater
        : shared === 0
          ? noPeople({ labelers: raters })
          : allLabelsTheSame;
  return {
    krippendorff: quantity(of.krippendorff_alpha, shared, 'images', { reason: noImage }),
    fleiss: quantity(of.fleiss_kappa, shared, 'images', { reason: noImage }),
    pairs: meanOverPairs(pairs, what, reason),
  };
}

/** Agreement and disagreement among people over all images. */
export function peopleAlone(people: PeopleView): PeopleAlone {
  const { humans, context } = people;
  const { status } = context.humans.view;
  const study = studyNumbers(people, []);
  const reason = noPeople(study);
  const imagesWithStatus = (wanted: HumanStatus): number[] =>
    context.input.imageIds.filter((_, image) => status[image] === wanted);
  const { krippendorff, fleiss, pairs } = peopleCohen(people);
  // A single label always has entropy 0, which says nothing about the image.
  const entropies = humans.entropy_bits.filter((_, image) => status[image] !== null);
  return {
    ...answerHeader(people),
    ...{
      agree: imagesWithStatus('agree'),
      disagree: imagesWithStatus('disagree'),
      undetermined: imagesWithStatus(null),
    },
    peopleDisagree: peopleDisagree(study),
    pairwise: peoplePairwise(study),
    krippendorff: quantity(krippendorff.value, krippendorff.n ?? 0, 'images', {
      reason: krippendorff.undefined ?? reason,
      interval: intervalsOf(humans.intervals, 'krippendorff_alpha'),
    }),
    fleiss,
    cohen: pairs,
    entropy: meanOf(spread(entropies), 'images', { reason }),
    leaveOneOut: leaveOneOut(people),
  };
}
