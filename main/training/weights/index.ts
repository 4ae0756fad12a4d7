export { decodeTensorFile, encodeTensorFile } from './tensor-file.ts';
export {
  checkedMeta,
  decodeClassifierWeights,
  decodeGeneratorWeights,
  encodeCompactGeneratorWeights,
  type ClassifierMeta,
  type GeneratorMeta,
  type ParameterValues,
  type Weights,
} from './weights.ts';
