export { errorKappa, kappaOf } from './error-consistency.ts';
export { crossing, crossingInterval, flipPoint, type FlipPoint, type PairFlips } from './flip-point.ts';
export { analyzeAbstaining, analyzeCounts, type AbstainResponses, type CountedResponses } from './response-counts.ts';
export { analyzeRatings, scoreOf, type GradedResponses } from './response-ratings.ts';
export { analyzeSets, type SetResponses } from './response-sets.ts';
