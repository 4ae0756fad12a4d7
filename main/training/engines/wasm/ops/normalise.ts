import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Heap } from '../heap.ts';

type Three = [Tensor, Tensor, Tensor];

/** Batch norm and layer norm. */
export function normalisationOps(h: Heap): Pick<Ops, 'bnTrain' | 'layerNorm'> {
  return { bnTrain: batchNormOp(h), layerNorm: layerNormOp(h) };
}

function batchNormOp(h: Heap): Ops['bnTrain'] {
  const { kernels } = h;
  return (x, gamma, beta, epsilon) => {
    const vector = gamma.shape;
    const channels = gamma.size;
    const rows = x.size / channels;
    const [y, mean, variance] = h.differentiable({
      inputs: [x, gamma, beta],
      forward: () => {
        const shapes = [x.shape, vector, vector, vector];
        const [y, mean, variance, scale] = h.computeMany<[Tensor4D, Tensor1D, Tensor1D, Tensor1D]>(
          shapes,
          [x, gamma, beta],
          ([y, mean, variance, scale], x, gamma, beta) => {
            const scratch = h.scratch(kernels.batchNormScratch(channels));
            kernels.batchNorm(y, mean, variance, scale, x!, gamma!, beta!, rows, channels, epsilon, scratch);
          },
        );
        return { value: [y, mean, variance] as [Tensor4D, Tensor1D, Tensor1D], save: [x, gamma, mean, scale] };
      },
      backward: ([dy], [x, gamma, mean, scale]) => {
        const [dx, dGamma, dBeta] = h.computeMany<Three>(
          [x.shape, vector, vector],
          [dy, x, gamma, mean, scale],
          ([dx, dGamma, dBeta], dy, x, gamma, mean, scale) => {
            const scratch = h.scratch(kernels.batchNormScratch(channels));
            kernels.batchNormBack(dx, dGamma, dBeta, dy!, x!, gamma!, mean!, scale!, rows, channels, scratch);
          },
        );
        return [() => dx, () => dGamma, () => dBeta];
      },
    });
    return { y, mean, variance };
  };
}

function layerNormOp(h: Heap): Ops['layerNorm'] {
  const { kernels } = h;
  return (x, gamma, beta, epsilon) => {
    const [rows, width] = x.shape;
    return h.differentiable({
      inputs: [x, gamma, beta],
      forward: () => {
        const [y, statistics] = h.computeMany<[Tensor2D, Tensor]>(
          [x.shape, [rows, 2]],
          [x, gamma, beta],
          ([y, statistics], x, gamma, beta) =>
            kernels.layerNorm(y, statistics, x!, gamma!, beta!, rows, width, epsilon),
        );
        return { value: y, save: [x, statistics, gamma] };
      },
      backward: (dy, [x, statistics, gamma]) => {
        const [dx, dGamma, dBeta] = h.computeMany<Three>(
          [dy.shape, gamma.shape, gamma.shape],
          [dy, x, statistics, gamma],
          ([dx, dGamma, dBeta], dy, x, statistics, gamma) =>
            kernels.layerNormBack(dx, dGamma, dBeta, dy!, x!, statistics!, gamma!, rows, width),
        );
        return [() => dx, () => dGamma, () => dBeta];
      },
    });
  };
}
