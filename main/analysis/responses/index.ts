export { crossing, type Crossing } from './crossing.ts';
export { errorColumns, errorKappa, kappaOf, type ErrorColumn } from './error-kappa.ts';
export { rarefyTypesTo, type RarefiedTypes } from './response-counts.ts';
export { scoreMeans, scoreOf, scoresOf } from './response-ratings.ts';
export { splitVotes } from './response-sets.ts';
