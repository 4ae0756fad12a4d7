import { answersOf, suffices, whyNotKnown } from '../../analysis/known-answers.ts';
import { spread } from '../../analysis/spread.ts';
import type { Calibration } from '../../analysis/scores.ts';
import { ensembleScores } from '../../analysis/softmax.ts';
import { imageClasses } from '../../analysis/image-types.ts';
import type { CalibrationResult, CertaintyResult, SoftmaxResult } from '../../contract/api/results-charts.ts';
import { at } from '../../domain/arrays.ts';
import { quantityAt } from '../../domain/exhibits.ts';
import { undefinedCell, withoutTarget, withTitles } from '../../exhibits/cells.ts';
import {
  calibrationExhibit,
  type CalibrationErrors,
  certaintyExhibit,
  divergenceExhibit,
} from '../../exhibits/measures.ts';
import { table4 } from '../../exhibits/paper-tables.ts';
import { noImage, noMajority } from '../../exhibits/reasons.ts';
import { softmaxQuartilesExhibit } from '../../exhibits/softmax.ts';
import { studyNumbers } from './tables.ts';
import { type GroupResult, answerHeader } from './view.ts';

const bins = 40;

/** Largest softmax by type of image: histograms and quartiles. */
export function softmaxByType(result: GroupResult): SoftmaxResult {
  const { people, view, models } = result;
  const ids = people.context.input.imageIds;
  const study = studyNumbers(people, [result]);
  const table = table4(study);
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
  return {
    ...answerHeader(people),
    models: models.length,
    undefined: unknown,
    edges: Array.from({ length: bins + 1 }, (_, edge) => edge / bins),
    types: types.map(({ type, images, values }) => ({
      type,
      images,
      counts: histogram(values),
      spread: quantityAt(table, 0, type) ?? undefinedCell(noImage),
    })),
    quartiles: withoutTarget(softmaxQuartilesExhibit(study, [{ target: '', types }])),
  };
}

/** The histogram bin of a value. */
export const softmaxBin = (value: number): number => Math.min(bins - 1, Math.max(0, Math.floor(value * bins)));

function histogram(values: Float64Array): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[softmaxBin(value)]!++;
  return counts;
}

/** Agreement of networks with the human majority, by their softmax. */
export function calibration(result: GroupResult): CalibrationResult {
  const { people, view, models } = result;
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
    calibrationExhibit(studyNumbers(people, [result]), {
      rms: error((each) => each.rootMeanSquare()),
      max: error((each) => each.largest()),
    }),
  );
  return {
    ...answerHeader(people),
    undefined:
      whyNotKnown(view.answers, 'confidence') ?? (of.scores.n === 0 ? noMajority(studyNumbers(people, [])) : null),
    models: view.softmax.passes.flatMap(({ scores, calibration: bins }, place) => {
      const { input } = at(models, place);
      return suffices(answersOf(input), 'confidence') ? reliability(input.name, scores.n, of.labeled, bins) : [];
    }),
    ensemble: view.answers === 'softmax' ? reliability('All together', of.scores.n, of.labeled, of.calibration) : null,
    scores: { ...exhibit, rows: exhibit.rows.filter(([, images]) => images !== 0) },
  };
}

function reliability(name: string, n: number, labeled: number, bins: Calibration): CalibrationResult['models'][number] {
  return {
    name,
    n,
    labeled,
    bins: Array.from(bins.count, (count, bin) => ({
      n: count,
      correct: bins.correct[bin]!,
      confidence: count === 0 ? null : bins.confidence[bin]! / count,
    })),
  };
}

/** How certainty of networks and of people are related. `results.images` has the values of single images. */
export function certainty(result: GroupResult): CertaintyResult {
  const { people, models, title } = result;
  const study = studyNumbers(people, [result]);
  return {
    ...answerHeader(people),
    models: models.length,
    certainty: withTitles(certaintyExhibit(study), [title]),
    divergence: withoutTarget(divergenceExhibit(study)),
  };
}
