import { quantile, spread } from '../../analysis/spread.ts';
import { type Calibration, type ScoreName, scoreNames } from '../../analysis/scores.ts';
import { ensembleScores } from '../../analysis/softmax.ts';
import { imageClasses } from '../../analysis/image-types.ts';
import type { CalibrationResult, CertaintyResult, SoftmaxResult } from '../../contract/api/results-charts.ts';
import type { Quantity } from '../../contract/exhibit.ts';
import { quantityAt } from '../../domain/exhibits.ts';
import { intervalsOf, meanOf, quantity, undefinedCell } from '../../exhibits/cells.ts';
import { table4 } from '../../exhibits/paper-tables.ts';
import { noImage, noLabelledImage, noMajority, whyNoCorrelation } from '../../exhibits/reasons.ts';
import { studyNumbers } from './tables.ts';
import { type GroupResult, answerHeader } from './view.ts';
import { distanceNames } from '../../analysis/distances.ts';

const bins = 40;

/** Largest softmax by type of image: Table 4, histograms and quartiles. */
export function softmaxByType(result: GroupResult): SoftmaxResult {
  const { people, view, models } = result;
  const ids = people.context.input.imageIds;
  const table = table4(studyNumbers(people, [result]));
  return {
    ...answerHeader(people),
    models: models.length,
    edges: Array.from({ length: bins + 1 }, (_, edge) => edge / bins),
    types: imageClasses.map((type) => {
      const images = [...ids.keys()].filter((image) => view.classified.classes[image] === type);
      const values = new Float64Array(images.length * models.length);
      view.softmax.passes.forEach(({ top }, model) =>
        images.forEach((image, at) => {
          values[model * images.length + at] = top[image]!;
        }),
      );
      return {
        type,
        images: images.map((image) => ids[image]!),
        spread: quantityAt(table, 0, type) ?? undefinedCell(noImage),
        counts: histogram(values),
        quantiles: quartiles(values.sort()),
      };
    }),
  };
}

/** The histogram bin of a value. */
export const softmaxBin = (value: number): number => Math.min(bins - 1, Math.max(0, Math.floor(value * bins)));

function histogram(values: Float64Array): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[softmaxBin(value)]!++;
  return counts;
}

function quartiles(sorted: Float64Array): SoftmaxResult['types'][number]['quantiles'] {
  const at = (q: number): number => quantile(sorted, q) ?? 0;
  return sorted.length === 0 ? null : [at(0), at(0.25), at(0.5), at(0.75), at(1)];
}

/** Agreement of networks with the human majority, by their softmax. */
export function calibration(result: GroupResult): CalibrationResult {
  const { people, view, analysis, models } = result;
  const of = ensembleScores(view.softmax.ensemble, people.context.reference);
  const reason = noMajority({ labelers: people.labelers.length });
  const over = scoreNames.map((name): [ScoreName, Quantity] => [
    name,
    meanOf(analysis.scores.over_models[name], 'models', { reason }),
  ]);
  const overNetworks = (value: (calibration: Calibration) => number | null): Quantity =>
    meanOf(spread(view.softmax.passes.map(({ calibration }) => value(calibration))), 'models', { reason });
  return {
    ...answerHeader(people),
    undefined: of.scores.n === 0 ? reason : null,
    models: view.softmax.passes.map(({ scores, calibration }, at) =>
      calibrationSheet(models[at]!.input.name, { scores, calibration, labelled: of.labelled }),
    ),
    ensemble: calibrationSheet('All together', of),
    over: {
      ...(Object.fromEntries(over) as Record<ScoreName, Quantity>),
      rms: overNetworks((calibration) => calibration.rootMeanSquare()),
      max: overNetworks((calibration) => calibration.largest()),
    },
  };
}

function calibrationSheet(
  name: string,
  { scores, calibration, labelled }: ReturnType<typeof ensembleScores>,
): CalibrationResult['ensemble'] {
  const { n, accuracy, ece, nll_nats: nll, brier_hard: brier } = scores;
  return {
    ...{ name, n, labelled, accuracy, ece, nll, brier },
    rms: calibration.rootMeanSquare(),
    max: calibration.largest(),
    softCrossEntropy: scores.soft_xent_nats,
    brierSoft: scores.brier_soft,
    bins: Array.from(calibration.count, (count, bin) => ({
      n: count,
      correct: calibration.correct[bin]!,
      confidence: count === 0 ? null : calibration.confidence[bin]! / count,
    })),
  };
}

/** How certainty of networks and of people are related. `results.images` has the values of single images. */
export function certainty({ people, analysis, models }: GroupResult): CertaintyResult {
  const { entropy, divergence, uncertainty, intervals } = analysis;
  const labelled = people.humans.entropy_bits.filter((bits) => bits !== null).length;
  const study = { labelers: people.labelers.length };
  const reason = whyNoCorrelation(study, labelled);
  const correlation = (value: number | null) => quantity(value, labelled, 'images', { reason });
  const mean = (values: readonly (number | null)[]) => meanOf(spread(values), 'images', { reason: noImage });
  return {
    ...answerHeader(people),
    models: models.length,
    correlations: [
      { with: 'votes', pearson: correlation(entropy.pearson_vote), spearman: correlation(entropy.spearman_vote) },
      {
        with: 'softmax',
        pearson: correlation(entropy.pearson_predictive),
        spearman: correlation(entropy.spearman_predictive),
      },
    ],
    distances: Object.fromEntries(
      distanceNames.map((name) => [
        name,
        meanOf(spread(divergence.per_image[name]), 'images', {
          reason: noLabelledImage(study),
          interval: name === 'js_bits' ? intervalsOf(intervals, 'js_bits') : null,
        }),
      ]),
    ),
    uncertainty: {
      total: mean(uncertainty.total_bits),
      aleatoric: mean(uncertainty.aleatoric_bits),
      epistemic: mean(uncertainty.epistemic_bits),
    },
  };
}
