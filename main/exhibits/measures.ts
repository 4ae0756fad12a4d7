import { answersOf, suffices, whyNotKnown } from '../analysis/known-answers.ts';
import { ensembleScores } from '../analysis/softmax.ts';
import { at } from '../domain/arrays.ts';
import { distanceNames } from '../analysis/distances.ts';
import { imageClasses } from '../analysis/image-types.ts';
import { type Calibration, type ScoreName, scoreNames } from '../analysis/scores.ts';
import { spread, type Spread } from '../analysis/spread.ts';
import type { Cell, Exhibit } from '../contract/exhibit.ts';
import { meanCell, noInterval, orWhy, quantity, withIntervals } from './cells.ts';
import { intervalOfDivergence, noImage, noLabeledImage, noMajority, whyNoCorrelation, whyNoType } from './reasons.ts';
import { named, type StudyNumbers, typeColumn } from './study-numbers.ts';
import type { StudyView, ViewedGroup } from './study-view.ts';
import { targetOfKey } from '../domain/targets.ts';

const scoreWords: Record<ScoreName | 'rms' | 'max', string> = {
  accuracy: 'Agrees with the majority of people',
  ece: 'Expected calibration error',
  rms: 'Root mean square calibration error',
  max: 'Maximum calibration error',
  nll_nats: 'Negative log likelihood, nats',
  brier_hard: 'Brier score',
  soft_xent_nats: 'Cross-entropy with people’s labels, nats',
  brier_soft: 'Brier score against people’s labels',
};

/** How well softmax says how often networks agree with people. */
export function calibrationExhibit(study: StudyView): Exhibit {
  const labeled = labeledImages(study);
  const rows = study.groups.flatMap((compared) => {
    const { target, group } = compared;
    const { scores, answers } = group;
    const errors = calibrationErrors(study, compared);
    const row = (name: keyof typeof scoreWords, over: Spread, ensemble: number | null): Cell[] => {
      const isSoft = name === 'soft_xent_nats' || name === 'brier_soft';
      const needed = name === 'accuracy' ? 'labels' : ['ece', 'rms', 'max'].includes(name) ? 'confidence' : 'softmax';
      const reason = whyNotKnown(answers, needed) ?? (isSoft ? noLabeledImage(study) : noMajority(study));
      return [
        ...[targetOfKey(target), named(study, scoreWords[name]), isSoft ? labeled : scores.ensemble.n],
        ...[meanCell(over, 'models', { reason }), orWhy(ensemble, whyNotKnown(answers, 'softmax') ?? reason)],
      ];
    };
    return scoreNames.flatMap((name) => [
      row(name, scores.over_models[name], scores.ensemble[name]),
      ...(name === 'ece' ? errors.map(({ error, over, ensemble }) => row(error, over, ensemble)) : []),
    ]);
  });
  return {
    id: 'calibration',
    number: '',
    title: named(study, 'Networks against the majority of people'),
    people: true,
    rows,
    columns: [
      ...[{ name: 'Target %' }, { name: 'Score' }, { key: 'images', name: 'Images' }],
      { key: 'networks', name: 'Per network', decimals: 3, spread: true },
      { key: 'ensemble', name: 'Mean softmax of all', decimals: 3 },
    ],
    notes: [
      named(
        study,
        'Over the images on which people have a majority; the two scores against people’s labels use all labeled images. 15 bins of confidence, closed on the right.',
      ),
    ],
  };
}

/** Calibration errors of each network as far as its confidence is known, and of their mean softmax. */
function calibrationErrors(study: StudyView, { view }: ViewedGroup) {
  const { input, reference } = study.context();
  const { group, softmax, answers } = view();
  const together = ensembleScores(softmax.ensemble, reference).calibration;
  const kinds: [error: 'rms' | 'max', of: (calibration: Calibration) => number | null][] = [
    ['rms', (of) => of.rootMeanSquare()],
    ['max', (of) => of.largest()],
  ];
  return kinds.map(([error, of]) => ({
    error,
    over: spread(
      softmax.passes.map(({ calibration }, place) =>
        suffices(answersOf(at(input.models, at(group.members, place))), 'confidence') ? of(calibration) : null,
      ),
    ),
    ensemble: answers === 'softmax' ? of(together) : null,
  }));
}

const distanceWords: Record<(typeof distanceNames)[number], string> = {
  js_bits: 'Jensen–Shannon divergence, bits',
  kl_human_model_bits: 'KL(people | networks), bits',
  kl_model_human_bits: 'KL(networks | people), bits',
  tv: 'Total variation',
  brier_soft: 'Squared difference',
  soft_xent_nats: 'Cross-entropy, nats',
};

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

/** How many images have any label. */
const labeledImages = ({ humans }: StudyNumbers): number => (humans?.n_labels ?? []).filter((n) => n > 0).length;
