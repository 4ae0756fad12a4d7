import { whyNotKnown } from '../analysis/labels/known-answers.ts';
import type { Figure } from '../contract/results/figure.ts';
import { quantityAt } from '../domain/results/exhibits.ts';
import { table4 } from './paper-tables.ts';
import { noImage } from './parts/reasons.ts';
import { softmaxCounts } from './softmax.ts';
import { entropyFigure, softmaxFigure } from './softmax-figures.ts';
import { classOfCategory } from './parts/study-numbers.ts';
import type { StudyView, ViewedGroup } from './parts/study-view.ts';

/** Figures of a study, with a chart for each of its groups: a report's are its targets, the page's is the chosen one. */

/** Of its chart. */
export const titled = ({ name, choice }: ViewedGroup) => ({ title: name, choice });

/** A figure of the groups in which confidence is known of every network; without charts, why. @param what `Calibration is` */
export function ofConfidence(
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
