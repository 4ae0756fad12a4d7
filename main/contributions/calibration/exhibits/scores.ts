import {
  answersOf,
  type Calibration,
  ensembleScores,
  type ScoreName,
  scoreNames,
  suffices,
  whyNotKnown,
} from '../../../analysis/labels/index.ts';
import { spread, type Spread } from '../../../analysis/statistics/index.ts';
import type { Cell, Exhibit } from '../../../contract/results/index.ts';
import { at, targetOfKey } from '../../../domain/numbers/index.ts';
import {
  labeledImages,
  meanCell,
  named,
  noMajority,
  orWhy,
  type StudyView,
  type ViewedGroup,
} from '../../../exhibits/parts/index.ts';
import { noLabeledImage } from './reasons.ts';

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
