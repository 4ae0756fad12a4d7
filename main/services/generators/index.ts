export { provenanceText, readShipped, shippedProvenance } from './shipped.ts';
export { findJudge, generatorBytes, isShipped, trainedStage, type Judge, type TrainedStage } from './source.ts';
