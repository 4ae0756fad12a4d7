import { whyNotKnown } from '../../analysis/known-answers.ts';
import { missing } from '../../analysis/labels.ts';
import { imageClasses } from '../../analysis/image-types.ts';
import type { CalibrationResult, CertaintyResult, SoftmaxResult } from '../../contract/api/results-charts.ts';
import { quantityAt } from '../../domain/exhibits.ts';
import { table4 } from '../../exhibits/paper-tables.ts';
import { noImage, noMajority } from '../../exhibits/reasons.ts';
import { studyEntropyFigure, studyReliabilityFigure, studySoftmaxFigure } from '../../exhibits/study-figures.ts';
import { studyView } from './tables.ts';
import { type GroupResult, answerHeader } from './view.ts';

/** Largest softmax by type of image. */
export function softmaxByType(result: GroupResult): SoftmaxResult {
  const { people, view, models } = result;
  const ids = people.context.input.imageIds;
  const study = studyView(people, [result]);
  const unknown = whyNotKnown(view.answers, 'confidence');
  const figure = studySoftmaxFigure(study);
  return {
    ...answerHeader(people),
    models: models.length,
    undefined:
      figure.charts.length > 0 ? null : (unknown ?? quantityAt(table4(study), 0, 'type_a')?.undefined ?? noImage),
    types: imageClasses.map((type) => ({
      type,
      images: ids.filter((_, image) => view.classified.classes[image] === type),
    })),
    figure,
  };
}

/** Agreement of networks with the human majority, by their softmax. */
export function calibration(result: GroupResult): CalibrationResult {
  const { people, view } = result;
  const study = studyView(people, [result]);
  const { majority } = people.context.reference;
  return {
    ...answerHeader(people),
    undefined:
      whyNotKnown(view.answers, 'confidence') ??
      (majority.every((label) => label === missing) ? noMajority(study) : null),
    figure: studyReliabilityFigure(study),
  };
}

/** How certainty of networks and of people are related. `results.images` has the values of single images. */
export function certainty(result: GroupResult): CertaintyResult {
  const { people, models } = result;
  return {
    ...answerHeader(people),
    models: models.length,
    figure: studyEntropyFigure(studyView(people, [result])),
  };
}
