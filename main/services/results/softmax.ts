import { answersOf, suffices, whyNotKnown } from '../../analysis/known-answers.ts';
import { byName } from '../../analysis/spread.ts';
import { ensembleScores } from '../../analysis/softmax.ts';
import { imageClasses } from '../../analysis/image-types.ts';
import type { CalibrationResult, CertaintyResult, SoftmaxResult } from '../../contract/api/results-charts.ts';
import { at } from '../../domain/arrays.ts';
import { quantityAt } from '../../domain/exhibits.ts';
import { table4 } from '../../exhibits/paper-tables.ts';
import { noImage, noMajority } from '../../exhibits/reasons.ts';
import { largestSoftmax } from '../../exhibits/softmax.ts';
import { entropyFigure, reliabilityFigure, softmaxFigure } from '../../exhibits/softmax-figures.ts';
import { studyView } from './tables.ts';
import { type GroupResult, answerHeader } from './view.ts';

const bins = 40;

/** Largest softmax by type of image: histograms and quartiles. */
export function softmaxByType(result: GroupResult): SoftmaxResult {
  const { people, view, models } = result;
  const ids = people.context.input.imageIds;
  const study = studyView(people, [result]);
  const unknown = whyNotKnown(view.answers, 'confidence');
  const types = imageClasses.map((type) => {
    const images = ids.filter((_, image) => view.classified.classes[image] === type);
    return { type, images, values: largestSoftmax(at(study.groups, 0), type) };
  });
  const counts = byName(imageClasses, (name) => histogram(types.find(({ type }) => type === name)?.values ?? []));
  const figure = softmaxFigure(study, [{ title: result.title, choice: result.group, counts }]);
  return {
    ...answerHeader(people),
    models: models.length,
    undefined:
      figure.charts.length > 0 ? null : (unknown ?? quantityAt(table4(study), 0, 'type_a')?.undefined ?? noImage),
    types: types.map(({ type, images }) => ({ type, images })),
    figure,
  };
}

/** The histogram bin of a value. */
export const softmaxBin = (value: number): number => Math.min(bins - 1, Math.max(0, Math.floor(value * bins)));

function histogram(values: Iterable<number>): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[softmaxBin(value)]!++;
  return counts;
}

/** Agreement of networks with the human majority, by their softmax. */
export function calibration(result: GroupResult): CalibrationResult {
  const { people, view, models } = result;
  const study = studyView(people, [result]);
  const of = ensembleScores(view.softmax.ensemble, people.context.reference);
  return {
    ...answerHeader(people),
    undefined:
      whyNotKnown(view.answers, 'confidence') ?? (of.scores.n === 0 ? noMajority(studyView(people, [])) : null),
    figure: reliabilityFigure(study, [
      {
        title: result.title,
        choice: result.group,
        n: of.scores.n,
        ensemble: view.answers === 'softmax' ? of.calibration : null,
        each: view.softmax.passes.flatMap((pass, place) =>
          suffices(answersOf(at(models, place).input), 'confidence') ? pass.calibration : [],
        ),
      },
    ]),
  };
}

/** How certainty of networks and of people are related. `results.images` has the values of single images. */
export function certainty(result: GroupResult): CertaintyResult {
  const { people, models, title, view, analysis } = result;
  const study = studyView(people, [result]);
  return {
    ...answerHeader(people),
    models: models.length,
    figure: entropyFigure(study, [
      {
        title,
        rank: analysis.entropy.spearman_vote,
        images: people.context.input.images.map((_, image) => ({
          id: at(people.source.images, image).id,
          type: view.classified.classes[image] ?? null,
          people: people.humans.entropy_bits[image] ?? null,
          votes: analysis.entropy.vote_bits[image] ?? null,
        })),
      },
    ]),
  };
}
