export { buildClassifier, classifierInPytorch } from './classifiers.ts';
export { buildGenerator, generatorInPytorch, latentSpace } from './dcgan.ts';
export type { Parameter } from './model.ts';
export { loadParameters } from './parameters.ts';
