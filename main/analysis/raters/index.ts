export {
  PairTable,
  cohen,
  cohenKappa,
  expectedPairwiseDisagreement,
  fleissKappa,
  krippendorffAlpha,
} from './agreement.ts';
export {
  describeImages,
  disagreePct,
  viewHumans,
  type HumanCounts,
  type HumanStatus,
  type HumanView,
  type ImageLabels,
} from './humans.ts';
export {
  bitSet,
  countPairs,
  eachPair,
  labelPlanes,
  pairCount,
  popcount,
  type BitSet,
  type PairCounts,
} from './pair-counts.ts';
