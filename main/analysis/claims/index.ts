export {
  claimInterval,
  influencesOf,
  leaningInterval,
  leastVariance,
  rounding,
  skewness,
  totalVariance,
  type ClaimInterval,
  type CrossedPart,
} from './claim-interval.ts';
export {
  claimedValue,
  shownInterval,
  without,
  type ClaimSide,
  type ClaimedInterval,
  type ClaimedValue,
  type ShownInterval,
} from './claims.ts';
export { GroupJackknife, isOfPeople, nameOf, tableValues, type TableValue } from './jackknife.ts';
export { anchorsInterval, meanInterval, pairInfluences } from './mean-interval.ts';
export type { SumValue } from './table-sums.ts';
export { mostSteps, type BlockedNetworks, type LeftOut, type StatisticInput, type WithoutPairs } from './statistic.ts';
