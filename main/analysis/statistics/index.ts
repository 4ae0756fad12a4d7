export { distanceNames, distances, smallestProbability, type DistanceName } from './distances.ts';
export {
  chiSquaredAbove,
  chiSquaredQuantile,
  normalCdf,
  normalQuantile,
  studentCdf,
  studentQuantile,
} from './distributions.ts';
export { countEntropyBits, entropyBits, pearson, spearman } from './entropy.ts';
export { mulberry32, resampling, type CorrectedInterval } from './intervals.ts';
export { byName, percent, quantile, spread, type Spread } from './spread.ts';
export { correctedBootstrap } from './intervals.ts';
