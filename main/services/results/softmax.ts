import { answersOf, suffices, whyNotKnown } from '../../analysis/known-answers.ts';
import { byName, spread } from '../../analysis/spread.ts';
import type { Calibration } from '../../analysis/scores.ts';
import { ensembleScores } from '../../analysis/softmax.ts';
import { imageClasses } from '../../analysis/image-types.ts';
import type { CalibrationResult, CertaintyResult, SoftmaxResult } from '../../contract/api/results-charts.ts';
import { at } from '../../domain/arrays.ts';
import { quantityAt } from '../../domain/exhibits.ts';
import { withoutTarget, withTitles } from '../../exhibits/cells.ts';
import {
  calibrationExhibit,
  type CalibrationErrors,
  certaintyExhibit,
  divergenceExhibit,
} from '../../exhibits/measures.ts';
import { table4 } from '../../exhibits/paper-tables.ts';
import { noImage, noMajority } from '../../exhibits/reasons.ts';
import { softmaxQuartilesExhibit } from '../../exhibits/softmax.ts';
import { entropyFigure, reliabilityFigure, softmaxFigure } from '../../exhibits/softmax-figures.ts';
import { studyNumbers } from './tables.ts';
import { type GroupResult, answerHeader } from './view.ts';

const bins = 40;

/** Largest softmax by type of image: histograms and quartiles. */
export function softmaxByType(result: GroupResult): SoftmaxResult {
  const { people, view, models } = result;
  const ids = people.context.input.imageIds;
  const study = studyNumbers(people, [result]);
  const unknown = whyNotKnown(view.answers, 'confidence');
  const types = imageClasses.map((type) => {
    const images = [...ids.keys()].filter((image) => view.classified.classes[image] === type);
    const values = new Float64Array(unknown === null ? images.length * models.length : 0);
    if (unknown === null)
      view.softmax.passes.forEach(({ top }, model) =>
        images.forEach((image, place) => {
          values[model * images.length + place] = top[image]!;
        }),
      );
    return { type, images: images.map((image) => at(ids, image)), values };
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
    quartiles: withoutTarget(softmaxQuartilesExhibit(study, [{ target: '', types }])),
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
  const study = studyNumbers(people, [result]);
  const of = ensembleScores(view.softmax.ensemble, people.context.reference);
  const error = (value: (calibration: Calibration) => number | null): CalibrationErrors['rms'] => ({
    over_models: spread(
      view.softmax.passes.map((pass, place) =>
        suffices(answersOf(at(models, place).input), 'confidence') ? value(pass.calibration) : null,
      ),
    ),
    ensemble: view.answers === 'softmax' ? value(of.calibration) : null,
  });
  const exhibit = withoutTarget(
    calibrationExhibit(study, {
      rms: error((each) => each.rootMeanSquare()),
      max: error((each) => each.largest()),
    }),
  );
  return {
    ...answerHeader(people),
    undefined:
      whyNotKnown(view.answers, 'confidence') ?? (of.scores.n === 0 ? noMajority(studyNumbers(people, [])) : null),
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
    scores: { ...exhibit, rows: exhibit.rows.filter(([, images]) => images !== 0) },
  };
}

/** How certainty of networks and of people are related. `results.images` has the values of single images. */
export function certainty(result: GroupResult): CertaintyResult {
  const { people, models, title, view, analysis } = result;
  const study = studyNumbers(people, [result]);
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
    certainty: withTitles(certaintyExhibit(study), [title]),
    divergence: withoutTarget(divergenceExhibit(study)),
  };
}
