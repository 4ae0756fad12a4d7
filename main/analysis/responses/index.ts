export { errorColumns, errorKappa, kappaOf, type ErrorColumn } from './error-kappa.ts';
export { crossing, crossingInterval, flipPoint, type FlipPoint, type PairFlips } from './flip-point.ts';
export {
  describeAbstaining,
  rarefyTypesTo,
  strictTypes,
  type Abstaining,
  type RarefiedTypes,
  type StrictTypes,
} from './response-counts.ts';
export { analyzeRatings, scoreOf, type GradedResponses } from './response-ratings.ts';
export { analyzeSets, type SetResponses } from './response-sets.ts';
