import { distanceNames } from '../../analysis/distances.ts';
import { spread } from '../../analysis/spread.ts';
import type { CertaintyResult } from '../../contract/api/results-charts.ts';
import { intervalsOf, meanOf, quantity } from '../../exhibits/cells.ts';
import { noImage, noLabelledImage, whyNoCorrelation } from '../../exhibits/reasons.ts';
import { aboutPeople, type GroupResult } from './view.ts';

/** How the certainty of networks goes with that of people. The points are those of `results.images`. */
export function certaintyOf({ people, analysis, models }: GroupResult): CertaintyResult {
  const { entropy, divergence, uncertainty, intervals } = analysis;
  const labelled = people.humans.entropy_bits.filter((bits) => bits !== null).length;
  const study = { labelers: people.labelers.length };
  const reason = whyNoCorrelation(study, labelled);
  const correlation = (value: number | null) => quantity(value, labelled, 'images', { reason });
  const mean = (values: readonly (number | null)[]) => meanOf(spread(values), 'images', { reason: noImage });
  return {
    ...aboutPeople(people),
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
