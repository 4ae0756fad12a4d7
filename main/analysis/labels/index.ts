export { cohen, fleissKappa, krippendorffAlpha } from './agreement.ts';
export { nobody, type LabelSet, type People, type Ratings } from './answers.ts';
export { viewHumans, type HumanCounts, type HumanStatus, type HumanView } from './humans.ts';
export { answersOf, knownAnswers, suffices, whyNotKnown, type Answers } from './known-answers.ts';
export {
  imageCounts,
  labelAt,
  labelCounts,
  majorities,
  missing,
  modalLabels,
  shareOf,
  takeRaters,
  tally,
  type HumanReference,
  type LabelCounts,
  type LabelMatrix,
  type Votes,
} from './labels.ts';
export { countPairs, eachPair, pairCount, type PairCounts } from './pair-counts.ts';
export { Calibration, ScoreSheet, scoreNames, type ScoreName } from './scores.ts';
export { ensembleScores, topClass, type SoftmaxRows } from './softmax.ts';
