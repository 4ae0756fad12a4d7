export { nobody, preferredLabels, type LabelSet, type People, type Ratings } from './answers.ts';
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
  tallyCounts,
  wasShown,
  type HumanReference,
  type LabelCounts,
  type LabelMatrix,
  type Votes,
} from './labels.ts';
export { Calibration, ScoreSheet, scoreNames, type ScoreName } from './scores.ts';
export { ensembleScores, topClass, type SoftmaxRows } from './softmax.ts';
export type { Tally } from './labels.ts';
