export { provenanceText, readShipped, shippedProvenance } from './shipped.ts';
export { findJudge, generatorBytes, isShipped, trainedStage, type TrainedStage } from './source.ts';
