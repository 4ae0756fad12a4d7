import { whyNotKnown } from '../../analysis/known-answers.ts';
import { imageCounts } from '../../analysis/labels.ts';
import { pairName } from '../../analysis/input.ts';
import type { AlongResult } from '../../contract/api/results-charts.ts';
import { at } from '../../domain/arrays.ts';
import { peopleWord } from '../../domain/format.ts';
import { byName } from '../../analysis/spread.ts';
import type { Figure } from '../../contract/figure.ts';
import { alongChart, alongCurves, type AlongCurves, alongPair, type DrawnPair } from '../../exhibits/along-figure.ts';
import { pooledCurves } from '../../exhibits/curves.ts';
import { peopleDifferences, type RatersAlong, ratersFlipsExhibit, softmaxDifferences } from '../../exhibits/flips.ts';
import { whyNotPersons } from '../../exhibits/reasons.ts';
import { groupSoftmax, type StudyView } from '../../exhibits/study-view.ts';
import { studyView } from './tables.ts';
import { answerHeader, type GroupResult, type PeopleView } from './view.ts';

/** Labels of people and predictions of each group along alpha, with flip points, for every pair. */
export function alongAlpha(people: PeopleView, results: readonly GroupResult[]): AlongResult {
  const { context, source } = people;
  const study = studyView(people, results);
  const curves = pooledCurves(study);
  const [first] = results;
  const drawn = context.pairs.map((row, pair) => alongPair(study, row, study.groups, curves.fitted[pair]));
  return {
    ...answerHeader(people),
    groups: results.map(({ title, models }) => ({ title, models: models.length })),
    pairs: drawn.map((pair) => ({
      i: pair.row.i,
      j: pair.row.j,
      alphas: [...pair.alphas],
      images: [...pair.ids],
      people: pair.row.images.map((image) => [...imageCounts(context.humans.votes, image)]),
      votes: first ? pair.row.images.map((image) => [...imageCounts(first.view.counts, image)]) : null,
      figures: byName(alongCurves, (shown) => pairFigure(people, pair, shown)),
    })),
    flips: ratersFlipsExhibit(
      people,
      drawn.map(({ row, from, to, alphas }) => ({
        row,
        name: pairName(row, source.classes.length),
        title: `${from} to ${to}`,
        alphas,
      })),
      ratersAlong(people, study, results),
      source.classes,
    ),
  };
}

function pairFigure(people: PeopleView, pair: DrawnPair, shown: AlongCurves): Figure {
  const chart = alongChart(people, pair, shown);
  return { id: 'along-alpha', title: chart.title, people: true, charts: [chart], notes: [] };
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
  return study.labelers > 0 ? [ofPeople, ...ofGroups] : ofGroups;
}
