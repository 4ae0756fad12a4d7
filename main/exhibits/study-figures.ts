import { whyNotKnown } from '../analysis/known-answers.ts';
import { missing } from '../analysis/labels.ts';
import { ensembleScores } from '../analysis/softmax.ts';
import type { AlongCurves } from '../contract/api/results-tables.ts';
import type { Figure } from '../contract/figure.ts';
import { quantityAt } from '../domain/exhibits.ts';
import { formatCount } from '../domain/format.ts';
import { targetTitle } from '../domain/targets.ts';
import { alongChart, alongPair } from './along-figure.ts';
import { pooledCurves } from './curves.ts';
import { table4 } from './paper-tables.ts';
import { noImage, noMajority } from './reasons.ts';
import { softmaxCounts } from './softmax.ts';
import { entropyFigure, reliabilityFigure, softmaxFigure } from './softmax-figures.ts';
import { classOfCategory } from './study-numbers.ts';
import type { StudyView, ViewedGroup } from './study-view.ts';
import { peopleAlone, type View } from './view.ts';

/** Figures of a study, with a chart for each of its groups: a report's are its targets, the page's is the chosen one. */

const titled = ({ name, choice }: ViewedGroup) => ({ title: name, choice });

/** A figure of the groups in which confidence is known of every network; without charts, why. @param what `Calibration is` */
function ofConfidence(
  study: StudyView,
  make: (groups: readonly ViewedGroup[]) => Figure,
  what: string,
  why: () => string,
): Figure {
  const unknown = study.groups.map(({ group }) => whyNotKnown(group.answers, 'confidence'));
  const figure = make(study.groups.filter((_, place) => unknown[place] === null));
  if (figure.charts.length > 0) return figure;
  return { ...figure, notes: [`${what} not defined. ${unknown.find((reason) => reason !== null) ?? why()}`] };
}

export const studySoftmaxFigure = (study: StudyView): Figure =>
  ofConfidence(
    study,
    (groups) =>
      softmaxFigure(
        study,
        groups.map((group) => ({ ...titled(group), counts: softmaxCounts(group) })),
      ),
    'Distributions by type are',
    () => quantityAt(table4(study), 0, 'type_a')?.undefined ?? noImage,
  );

export function studyReliabilityFigure(study: StudyView): Figure {
  const { reference } = study.context();
  const chartOf = (compared: ViewedGroup) => {
    const { answers, softmax } = compared.view();
    return {
      ...titled(compared),
      n: reference.majority.filter((label) => label !== missing).length,
      ensemble: answers === 'softmax' ? ensembleScores(softmax.ensemble, reference).calibration : null,
      each: softmax.passes.map(({ calibration }) => calibration),
    };
  };
  return ofConfidence(
    study,
    (groups) => reliabilityFigure(study, groups.map(chartOf)),
    'Calibration is',
    () => noMajority(study),
  );
}

export const studyEntropyFigure = (study: StudyView): Figure =>
  entropyFigure(
    study,
    study.groups.map(({ name, group }) => ({
      title: name,
      rank: group.entropy.spearman_vote,
      images: study.imageIds.map((id, image) => ({
        id,
        type: classOfCategory(group.fig4.category[image]),
        people: study.humans?.entropy_bits[image] ?? null,
        votes: group.entropy.vote_bits[image] ?? null,
      })),
    })),
  );

/** A chart for each pair: people and all groups. */
export function pairsFigure(study: StudyView, curves: AlongCurves): Figure {
  const fitted = curves === 'fitted' ? pooledCurves(study).fitted : [];
  return {
    id: 'along-alpha',
    title: 'The second class’s share, pair by pair',
    people: study.labelers > 0,
    charts: study
      .context()
      .pairs.map((row, place) => alongChart(study, alongPair(study, row, study.groups, fitted[place]), curves)),
    notes: [],
  };
}

/** A chart for each target and pair whose images the report shows; without networks for each such pair. */
export function reportAlongFigure(view: View): Figure {
  const { pairs } = view.context();
  const shown = new Set(view.layout.alphas.length > 0 ? view.layout.rows.map(({ pair }) => pair?.join(' ')) : []);
  const rows = pairs.filter(({ i, j }) => shown.has(`${i} ${j}`));
  const hidden = pairs.length - rows.length;
  return {
    id: 'along-alpha',
    title: 'The second class’s share, pair by pair',
    people: view.determined > 0,
    charts: (peopleAlone(view) ? [null] : view.groups.map(({ target }) => target)).flatMap((target) => {
      // The title of a chart says at which target.
      const groups = view.groups.flatMap((each) => (each.target === target ? { ...each, name: 'Networks' } : []));
      return rows.flatMap((row) => {
        const pair = alongPair(view, row, groups);
        const title = `${pair.from} to ${pair.to}${target === null ? '' : `, ${targetTitle(target)}`}`;
        const chart = alongChart(view, pair, 'softmax');
        return chart.series.length === 0 ? [] : { ...chart, title };
      });
    }),
    notes: hidden === 0 ? [] : [`${formatCount(hidden, 'more pair')} ${hidden === 1 ? 'is' : 'are'} not drawn here.`],
  };
}
