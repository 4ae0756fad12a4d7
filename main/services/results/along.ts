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
import { pooledCurves } from '../../exhibits/curves.ts';
import { peopleDifferences, type RatersAlong, ratersFlipsExhibit, softmaxDifferences } from '../../exhibits/flips.ts';
import { whyNotPersons } from '../../exhibits/reasons.ts';
import { groupSoftmax, type StudyView } from '../../exhibits/study-view.ts';
import { countLabelers } from '../../analysis/humans.ts';
import { studyView } from './tables.ts';
import { answerHeader, type GroupResult, type PeopleView } from './view.ts';

/** Labels of people and predictions of each group along alpha, with flip points, for every pair. */
export function alongAlpha(people: PeopleView, results: readonly GroupResult[]): AlongResult {
  const { context, source } = people;
  const long = (index: number): string => source.classes[index] ?? String(index);
  const alphas = (row: PairRow): number[] => row.images.flatMap((image) => at(source.images, image).alpha ?? []);
  const study = studyView(people, results);
  const curves = pooledCurves(study);
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
      ratersAlong(people, study, results),
      source.classes,
    ),
  };
}

const haveAnswered = ({ context }: PeopleView): boolean => countLabelers(context.humans) > 0;

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
  return haveAnswered(people) ? [ofPeople, ...ofGroups] : ofGroups;
}

/** People, if any labeled, then each group. */
function ratersAlong(people: PeopleView, study: StudyView, results: readonly GroupResult[]): RatersAlong[] {
  const { humans, labelers, source } = people;
  const { response, isAnonymous } = study;
  const persons = isAnonymous ? [] : labelers;
  const ofPeople: RatersAlong = {
    title: peopleWord(people),
    of: 'labelers',
    flips: humans.alpha_star,
    noPersons: whyNotPersons({ response, isAnonymous }),
    differences: (row) => peopleDifferences(row, persons),
  };
  const ofGroups = results.map((result, place): RatersAlong => {
    const softmax = groupSoftmax(study, at(study.groups, place));
    return {
      title: result.title,
      of: 'models',
      flips: result.analysis.alpha_star.pairs,
      noCrossing: whyNotKnown(result.view.answers, 'softmax'),
      differences: (row) => softmaxDifferences(row, softmax, source.classes.length),
    };
  });
  return haveAnswered(people) ? [ofPeople, ...ofGroups] : ofGroups;
}
