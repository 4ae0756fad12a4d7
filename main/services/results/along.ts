import { whyNotKnown } from '../../analysis/known-answers.ts';
import { imageCounts } from '../../analysis/labels.ts';
import { pairName, type PairRow } from '../../analysis/input.ts';
import type { AlongResult } from '../../contract/api/results-charts.ts';
import { at } from '../../domain/arrays.ts';
import { peopleWord } from '../../domain/format.ts';
import { byName } from '../../analysis/spread.ts';
import type { Figure } from '../../contract/figure.ts';
import {
  alongChart,
  alongCurves,
  type AlongCurves,
  type DrawnPair,
  type DrawnRaters,
} from '../../exhibits/along-figure.ts';
import { withTitles } from '../../exhibits/cells.ts';
import {
  type AllCurves,
  curveMeansExhibit,
  curvesExhibit,
  fitCurves,
  networkCurves,
  peopleCurves,
} from '../../exhibits/curves.ts';
import {
  flipDistancesExhibit,
  peopleDifferences,
  type RatersAlong,
  ratersFlipsExhibit,
  softmaxDifferences,
} from '../../exhibits/flips.ts';
import { whyNotPersons } from '../../exhibits/reasons.ts';
import { studyNumbers } from './tables.ts';
import { answerHeader, type GroupResult, type PeopleView } from './view.ts';

/** Labels of people and predictions of each group along alpha, with flip points, for every pair. */
export function alongAlpha(people: PeopleView, results: readonly GroupResult[]): AlongResult {
  const { context, source } = people;
  const long = (index: number): string => source.classes[index] ?? String(index);
  const alphas = (row: PairRow): number[] => row.images.flatMap((image) => at(source.images, image).alpha ?? []);
  const study = studyNumbers(people, results);
  const curves = curvesAlong(people, results);
  const [first] = results;
  const drawn = (row: PairRow, pair: number): DrawnPair => ({
    row,
    alphas: alphas(row),
    ids: row.images.map((image) => at(source.images, image).id),
    from: long(row.i),
    to: long(row.j),
    raters: drawnRaters(people, results, pairName(row, source.classes.length)).map((of, place) => {
      const { centre = null, slope = null, lapse = null } = curves.fitted[pair]?.[place]?.all ?? {};
      return { ...of, curve: centre === null ? null : { centre, slope, lapse } };
    }),
  });
  const pairTitle = ({ i, j }: PairRow): string => `${long(i)} to ${long(j)}`;
  return {
    ...answerHeader(people),
    groups: results.map(({ title, models }) => ({ title, models: models.length })),
    pairs: context.pairs.map((row, pair) => ({
      i: row.i,
      j: row.j,
      alphas: alphas(row),
      images: row.images.map((image) => at(source.images, image).id),
      people: row.images.map((image) => [...imageCounts(context.humans.votes, image)]),
      votes: first ? row.images.map((image) => [...imageCounts(first.view.counts, image)]) : null,
      figures: byName(alongCurves, (shown) => pairFigure(people, drawn(row, pair), shown)),
    })),
    flips: ratersFlipsExhibit(
      people,
      context.pairs.map((row) => ({
        row,
        name: pairName(row, source.classes.length),
        title: pairTitle(row),
        alphas: alphas(row),
      })),
      ratersAlong(people, results),
      source.classes,
    ),
    distances: withTitles(
      flipDistancesExhibit(study),
      results.map(({ title }) => title),
    ),
    curves: curvesExhibit(study, curves, curves.rows.map(pairTitle)),
    curveMeans: curveMeansExhibit(study, curves),
  };
}

/** Psychometric curves of people, if any labeled, then of each group. */
function curvesAlong(people: PeopleView, results: readonly GroupResult[]): AllCurves {
  const { context, source } = people;
  const data = { images: context.input.images, classes: source.classes.length };
  const ofGroups = results.map((result) =>
    networkCurves(result.title, data, {
      mean: result.view.softmax.ensemble.mean,
      networks: groupSoftmax(people, result),
      none: whyNotKnown(result.view.answers, 'softmax'),
    }),
  );
  const study = studyNumbers(people, []);
  return fitCurves(data, [
    ...(haveLabeled(people) ? [peopleCurves(study, data, context.humans.votes)] : []),
    ...ofGroups,
  ]);
}

const haveLabeled = ({ context, labelers }: PeopleView): boolean =>
  context.humans.votes.present.some((n) => n > 0) || labelers.length > 0;

function pairFigure(people: PeopleView, pair: DrawnPair, shown: AlongCurves): Figure {
  const chart = alongChart(people, pair, shown);
  return { id: 'along-alpha', title: chart.title, people: true, charts: [chart], notes: [] };
}

/** People, if any labeled, then each group. @param pair its name */
function drawnRaters(people: PeopleView, results: readonly GroupResult[], pair: string): Omit<DrawnRaters, 'curve'>[] {
  const { context, source, humans } = people;
  const classes = source.classes.length;
  const labels = (image: number) => imageCounts(context.humans.votes, image);
  const ofPeople: Omit<DrawnRaters, 'curve'> = {
    title: peopleWord(people),
    of: 'labelers',
    architecture: null,
    softmax: labels,
    votes: labels,
    flip: humans.alpha_star[pair]?.majority?.alpha_star ?? null,
  };
  const ofGroups = results.map(({ title, models, view, analysis }): Omit<DrawnRaters, 'curve'> => {
    const [kind = null, ...others] = new Set(models.map(({ input }) => input.architecture));
    const { mean } = view.softmax.ensemble;
    return {
      title,
      of: 'models',
      architecture: others.length === 0 ? kind : null,
      softmax: (image) => (view.answers === 'softmax' ? mean.subarray(image * classes, (image + 1) * classes) : null),
      votes: (image) => imageCounts(view.counts, image),
      flip: analysis.alpha_star.pairs[pair]?.majority?.alpha_star ?? null,
    };
  });
  return haveLabeled(people) ? [ofPeople, ...ofGroups] : ofGroups;
}

/** People, if any labeled, then each group. */
function ratersAlong(people: PeopleView, results: readonly GroupResult[]): RatersAlong[] {
  const { humans, labelers, source } = people;
  const { response, isAnonymous } = studyNumbers(people, []);
  const persons = isAnonymous ? [] : labelers;
  const ofPeople: RatersAlong = {
    title: peopleWord(people),
    of: 'labelers',
    flips: humans.alpha_star,
    noPersons: whyNotPersons({ response, isAnonymous }),
    differences: (row) => peopleDifferences(row, persons),
  };
  const ofGroups = results.map((result): RatersAlong => {
    const softmax = groupSoftmax(people, result);
    return {
      title: result.title,
      of: 'models',
      flips: result.analysis.alpha_star.pairs,
      noCrossing: whyNotKnown(result.view.answers, 'softmax'),
      differences: (row) => softmaxDifferences(row, softmax, source.classes.length),
    };
  });
  return haveLabeled(people) ? [ofPeople, ...ofGroups] : ofGroups;
}

/** With more values than this, intervals and curves of single networks are not computed. */
const mostValues = 2e7;

/** Softmax of each model; empty beyond `mostValues`, or where it is not known. */
function groupSoftmax({ source }: PeopleView, { models, view }: GroupResult): Float32Array[] {
  if (view.answers !== 'softmax' || models.length * source.images.length * source.classes.length > mostValues)
    return [];
  return models.map((model) => model.softmax());
}
