import { distanceNames, spread } from '../../../analysis/statistics/index.ts';
import { imageClasses } from '../../../analysis/outcomes/index.ts';
import { whyNotKnown } from '../../../analysis/labels/index.ts';
import type { Cell, Exhibit } from '../../../contract/results/index.ts';
import { targetOfKey } from '../../../domain/numbers/index.ts';
import {
  meanCell,
  named,
  noInterval,
  type StudyNumbers,
  typeColumn,
  whyNoType,
  withIntervals,
} from '../../../exhibits/parts/index.ts';
import { noLabeledImage } from './reasons.ts';

const distanceWords: Record<(typeof distanceNames)[number], string> = {
  js_bits: 'Jensen–Shannon divergence, bits',
  kl_human_model_bits: 'KL(people | networks), bits',
  kl_model_human_bits: 'KL(networks | people), bits',
  tv: 'Total variation',
  brier_soft: 'Squared difference',
  soft_xent_nats: 'Cross-entropy, nats',
};

const intervalOfDivergence = 'Of these distances an interval is computed for the Jensen–Shannon divergence only.';

/** How far what networks say is from what people say, by type. */
export function divergenceExhibit(study: StudyNumbers): Exhibit {
  const rows = study.groups.flatMap(({ target, group: { divergence, n_models: models, intervals, answers } }) =>
    distanceNames.map((name): Cell[] => [
      ...[targetOfKey(target), named(study, distanceWords[name])],
      meanCell(spread(divergence.per_image[name]), 'images', {
        reason: whyNotKnown(answers, 'softmax') ?? noLabeledImage(study),
        interval: name === 'js_bits' ? intervals?.js_bits : noInterval(intervalOfDivergence),
      }),
      ...imageClasses.map((type) =>
        meanCell(divergence.by_class[name][type], 'images', {
          reason: whyNotKnown(answers, 'softmax') ?? whyNoType(study, models),
        }),
      ),
    ]),
  );
  return withIntervals(study, {
    id: 'divergence',
    number: '',
    title: named(study, 'Distance between labels of people and mean softmax'),
    people: true,
    rows,
    columns: [
      ...[{ name: 'Target %' }, { name: 'Distance' }, { key: 'all', name: 'All labeled images', decimals: 3 }],
      ...imageClasses.map((type) => ({ ...typeColumn(study, type), decimals: 3, spread: true })),
    ],
    notes: ['With few labels an image, even a perfect network has a distance above 0.'],
  });
}
