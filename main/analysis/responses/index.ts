export { crossing, type Crossing } from './crossing.ts';
export { errorColumns, errorKappa, kappaOf, type ErrorColumn } from './error-kappa.ts';
export {
  describeAbstaining,
  rarefyTypesTo,
  strictTypes,
  type Abstaining,
  type RarefiedTypes,
  type StrictTypes,
} from './response-counts.ts';
export { describeRatings, scoreMeans, scoreOf, type DescribedRatings } from './response-ratings.ts';
export { coveredPct, describeSets, splitVotes, type DescribedSets } from './response-sets.ts';
