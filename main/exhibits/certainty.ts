import { whyNotKnown } from '../analysis/labels/known-answers.ts';
import { spread } from '../analysis/statistics/spread.ts';
import type { Cell, Exhibit } from '../contract/results/exhibit.ts';
import { targetOfKey } from '../domain/numbers/targets.ts';
import { meanCell, quantity, withIntervals } from './parts/cells.ts';
import { noImage, whyNoCorrelation } from './parts/reasons.ts';
import { labeledImages, named, type StudyNumbers } from './parts/study-numbers.ts';

const correlations = [
  ['pearson_vote', 'votes: Pearson'],
  ['spearman_vote', 'votes: Spearman'],
  ['pearson_predictive', 'softmax: Pearson'],
  ['spearman_predictive', 'softmax: Spearman'],
] as const;

const uncertainties = [
  ['total_bits', 'total'],
  ['aleatoric_bits', 'of each network'],
  ['epistemic_bits', 'between networks'],
] as const;

/** Whether networks are unsure where people are. */
export function certaintyExhibit(study: StudyNumbers): Exhibit {
  const labeled = labeledImages(study);
  const reason = whyNoCorrelation(study, labeled);
  const rows = study.groups.map(({ target, group: { entropy, uncertainty, answers, intervals } }): Cell[] => {
    const unknown = whyNotKnown(answers, 'softmax');
    const why = (key: string): string => (key.endsWith('_vote') ? reason : (unknown ?? reason));
    return [
      targetOfKey(target),
      ...correlations.map(([key]) =>
        quantity(entropy[key], labeled, 'images', { reason: why(key), interval: intervals?.[key] }),
      ),
      ...uncertainties.map(([key]) => meanCell(spread(uncertainty[key]), 'images', { reason: unknown ?? noImage })),
    ];
  });
  return withIntervals(study, {
    id: 'certainty',
    number: '',
    title: named(study, 'Certainty of networks and of people'),
    people: true,
    rows,
    columns: [
      { name: 'Target %' },
      ...correlations.map(([key, name]) => ({
        key,
        name: named(study, `Entropy of people and ${name}`),
        decimals: 3,
        interval: true,
      })),
      ...uncertainties.map(([key, name]) => ({ key, name: `Uncertainty, ${name}, bits`, decimals: 3 })),
    ],
    notes: [
      'Each entropy is of one image, in bits. Uncertainty between networks: the mutual information of label and network.',
    ],
  });
}
