/** The kernels that the engine calls. */
export { adam } from './adam';
export { attention, attentionBack, attentionScratch, paddedTokens, softmax } from './attention';
export { batchNorm, batchNormBack, batchNormScratch } from './batch-norm';
export {
  convolve, convolveScratch, convolveTransposed, convolveTransposedScratch, filterGradient, filterGradientScratch,
} from './convolution';
export { gemm, gemmScratch } from './gemm';
export { layerNorm, layerNormBack } from './layer-norm';
export {
  dropoutMask, gelu, geluBack, hyperbolicTangent, hyperbolicTangentBack, leakyRelu, leakyReluBack, multiply, relu,
  reluBack,
} from './pointwise';
export { maxPool, maxPoolBack } from './pool';
export { add, addRow, sumRows } from './vector';
export { selfAttention, selfAttentionBack, selfAttentionBackScratch, selfAttentionScratch } from './self-attention';
