export { Confusion } from './confusion.ts';
export { ClassifierPredictor, toPredictions, type Predictions } from './predictor.ts';
