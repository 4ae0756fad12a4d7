import { whyNotKnown } from '../../analysis/known-answers.ts';
import { imageCounts } from '../../analysis/labels.ts';
import { pairName, type PairRow } from '../../analysis/input.ts';
import type { AlongResult } from '../../contract/api/results-charts.ts';
import { at } from '../../domain/arrays.ts';
import { peopleWord } from '../../domain/format.ts';
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
  const pairTitle = ({ i, j }: PairRow): string => `${long(i)} to ${long(j)}`;
  return {
    ...answerHeader(people),
    groups: results.map(({ title, models }) => ({ title, models: models.length })),
    pairs: context.pairs.map((row) => ({
      i: row.i,
      j: row.j,
      alphas: alphas(row),
      images: row.images.map((image) => at(source.images, image).id),
      people: row.images.map((image) => [...imageCounts(context.humans.votes, image)]),
      groups: results.map((result) => groupAlong(people, result, row)),
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

function groupAlong(
  { source }: PeopleView,
  { view }: GroupResult,
  row: PairRow,
): AlongResult['pairs'][number]['groups'][number] {
  const classes = source.classes.length;
  const { mean } = view.softmax.ensemble;
  return {
    votes: row.images.map((image) => [...imageCounts(view.counts, image)]),
    softmax:
      view.answers === 'softmax'
        ? row.images.map((image) => [...mean.subarray(image * classes, (image + 1) * classes)])
        : null,
  };
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
