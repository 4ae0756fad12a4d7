export { modelGroup, type ModelGroup } from './groups.ts';
export { canDisagree, classifyImages, countTypes, imageClasses, type ImageClass, type Types } from './image-types.ts';
export {
  compareCodePoints,
  orderInput,
  pairName,
  pairRows,
  sortedIndices,
  type AnalysisInput,
  type ImageInput,
  type ModelInput,
  type PairRow,
} from './input.ts';
export {
  agreementOf,
  agreementWithout,
  allAmong,
  drawsPeople,
  groupOutcome,
  isGroupOutcome,
  linearOutcome,
  votesOf,
  wrongShare,
  type Agreement,
  type Answers,
  type Outcome,
  type VoteOutcome,
} from './outcomes.ts';
export { confidenceOn, testAgreement, type TestAnswers } from './test-answers.ts';
export {
  components,
  independentPairs,
  mostUnseen,
  pairUnits,
  unitCount,
  unitVariance,
  type PairUnits,
} from './units.ts';
