import { answersOf, suffices } from '../analysis/known-answers.ts';
import { missing } from '../analysis/labels.ts';
import { ensembleScores } from '../analysis/softmax.ts';
import type { Figure } from '../contract/figure.ts';
import { at } from '../domain/arrays.ts';
import { formatCount } from '../domain/format.ts';
import { targetTitle } from '../domain/targets.ts';
import { alongChart, alongPair } from './along-figure.ts';
import { softmaxCounts } from './softmax.ts';
import { entropyFigure, reliabilityFigure, softmaxFigure } from './softmax-figures.ts';
import { classOfCategory } from './study-numbers.ts';
import type { StudyView, ViewedGroup } from './study-view.ts';
import { peopleAlone, type View } from './view.ts';

/** Figures of a study, with a chart for each of its groups: a report's are its targets, the page's is the chosen one. */

const titled = ({ name, choice }: ViewedGroup) => ({ title: name, choice });

export const studySoftmaxFigure = (study: StudyView): Figure =>
  softmaxFigure(
    study,
    study.groups.map((group) => ({ ...titled(group), counts: softmaxCounts(group) })),
  );

export function studyReliabilityFigure(study: StudyView): Figure {
  const { reference, input } = study.context();
  return reliabilityFigure(
    study,
    study.groups.map((compared) => {
      const { answers, group, softmax } = compared.view();
      return {
        ...titled(compared),
        n: reference.majority.filter((label) => label !== missing).length,
        ensemble: answers === 'softmax' ? ensembleScores(softmax.ensemble, reference).calibration : null,
        each: softmax.passes.flatMap(({ calibration }, place) =>
          suffices(answersOf(at(input.models, at(group.members, place))), 'confidence') ? calibration : [],
        ),
      };
    }),
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

/** Each target of a report, or null for people alone. */
export const targetsOrPeople = (view: View): (string | null)[] =>
  peopleAlone(view) ? [null] : view.groups.map(({ target }) => target);

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
    charts: targetsOrPeople(view).flatMap((target) => {
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
