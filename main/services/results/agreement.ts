import { type PairTable, cohen, orderBySimilarity } from '../../analysis/agreement.ts';
import { countPairs } from '../../analysis/pair-counts.ts';
import { spread, type Spread } from '../../analysis/spread.ts';
import type { AgreementResult, agreementMeasures } from '../../contract/api/results-charts.ts';
import { pairAgreementExhibit, peopleMeasuresExhibit } from '../../exhibits/measures.ts';
import { type GroupResult, type PeopleView, type Sides, answerHeader, leaveOneOut } from './view.ts';
import type { HumanStatus } from '../../analysis/humans.ts';
import type { PeopleAlone } from '../../contract/api/results.ts';
import { ofKind, studyView } from './tables.ts';

type Measure = (typeof agreementMeasures)[number];

/** Larger matrices cannot be read on a screen. */
const mostRaters = 400;

/** Pairwise agreement of people and networks, similar raters next to each other. Without a group: of people alone. */
export function agreement(sides: Sides, measure: Measure): AgreementResult {
  const { people, result } = sides;
  const models = result?.models ?? [];
  const persons = comparedPersons(people);
  const names = [...persons, ...models.map(({ input }) => input.name)];
  const tables = pairTables(sides, measure);
  const study = studyView(people, result ? [result] : []);
  const tooMany = names.length > mostRaters;
  const values = tooMany ? [] : agreementMatrix(sides, tables);
  const order = orderBySimilarity(values);
  const raters = names.map((name, at): AgreementResult['raters'][number] => {
    const model = models[at - persons.length];
    return { name, kind: model ? 'model' : 'person', architecture: model?.input.architecture ?? '' };
  });
  return {
    ...answerHeader(people),
    measure,
    networks: models.length,
    raters: tooMany ? [] : order.map((at) => raters[at]!),
    values: order.map((a) => order.map((b) => values[a]![b]!)),
    undefined: tooMany ? `${names.length} raters are more than a matrix can show (${mostRaters}).` : null,
    coefficients: pairAgreementExhibit(study, {
      measure,
      people: overPairs(tables.people),
      networks: result && { within: overPairs(tables.models), between: overPairs(tables.between) },
    }),
  };
}

const overPairs = (of: Values): Spread => spread(Array.from({ length: of.length }, (_, pair) => of.value(pair)));

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
      people: own.error_consistency ? column(own.error_consistency.pairs, 'kappa') : none,
      models: found ? column(found.model_model.pairs, 'kappa') : none,
      between: found?.human_model ? column(found.human_model.pairs, 'kappa') : none,
    };
  }
  const name = measure === 'cohen' ? 'kappa' : 'p_obs';
  const { labels } = people.context.humans;
  return {
    people: own.cohen ? column(own.cohen.pairs, name) : none,
    models: result ? column(result.analysis.cohen.pairs, name) : none,
    between: result && labels ? column(crossCohen(labels, result.view.group.labels), name) : none,
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

/** Nobody is compared one by one where nobody knows who gave which label, or answers are no single labels. */
const comparedPersons = ({ context: { humans, input } }: PeopleView): readonly string[] =>
  humans.labels ? input.labelers : [];

function agreementMatrix({ people: view, result }: Sides, tables: Tables): (number | null)[][] {
  const people = comparedPersons(view).length;
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

/** Agreement and disagreement among people over all images. */
export function peopleAlone(people: PeopleView): PeopleAlone {
  const { context } = people;
  const study = studyView(people, []);
  const { status } = context.humans.view;
  const imagesWithStatus = (wanted: HumanStatus): number[] =>
    context.input.imageIds.filter((_, image) => status[image] === wanted);
  return {
    ...answerHeader(people),
    agree: imagesWithStatus('agree'),
    disagree: imagesWithStatus('disagree'),
    undetermined: imagesWithStatus(null),
    measures: peopleMeasuresExhibit(study),
    ofKind: ofKind(study),
    leaveOneOut: leaveOneOut(people),
  };
}
