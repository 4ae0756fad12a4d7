import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Heap } from '../heap.ts';
import { batchNormBack, channelMoments, layerNorm, layerNormBack, scaleChannels } from '../kernels/normalise.ts';

type Three = [Tensor, Tensor, Tensor];

/** Batch norm and layer norm. */
export function normalisationOps(h: Heap): Pick<Ops, 'bnTrain' | 'bnInfer' | 'layerNorm'> {
  return {
    bnTrain: (x, gamma, beta, epsilon) => {
      const vector = gamma.shape;
      const rows = x.size / gamma.size;
      const [y, mean, variance] = h.differentiable({
        inputs: [x, gamma, beta],
        forward: () => {
          const shapes = [x.shape, vector, vector, vector];
          const inputs = [x, gamma, beta];
          const [y, mean, variance, scale] = h.computeMany<[Tensor4D, Tensor1D, Tensor1D, Tensor1D]>(
            shapes,
            inputs,
            ([y, mean, variance, scale], x, gamma, beta) => {
              const m = new Float64Array(gamma!.length);
              const v = new Float64Array(gamma!.length);
              channelMoments(m, v, x!);
              const s = v.map((value) => 1 / Math.sqrt(value + epsilon));
              const factor = s.map((value, c) => value * gamma![c]!);
              scaleChannels(
                y,
                x!,
                factor,
                factor.map((value, c) => beta![c]! - value * m[c]!),
              );
              mean.set(m);
              scale.set(s);
              variance.set(v.map((value) => (value * rows) / (rows - 1)));
            },
          );
          return { value: [y, mean, variance] as [Tensor4D, Tensor1D, Tensor1D], save: [x, gamma, mean, scale] };
        },
        backward: ([dy], [x, gamma, mean, scale]) => {
          const [dx, dGamma, dBeta] = h.computeMany<Three>(
            [x.shape, vector, vector],
            [dy, x, gamma, mean, scale],
            (results, dy, x, gamma, mean, scale) => batchNormBack(results, dy!, x!, gamma!, mean!, scale!),
          );
          return [() => dx, () => dGamma, () => dBeta];
        },
      });
      return { y, mean, variance };
    },

    bnInfer: (x, gamma, beta, mean, variance, epsilon) =>
      h.compute(x.shape, [x, gamma, beta, mean, variance], (y, x, gamma, beta, mean, variance) => {
        const factor = Float64Array.from(gamma!, (value, c) => value / Math.sqrt(variance![c]! + epsilon));
        scaleChannels(
          y,
          x!,
          factor,
          factor.map((value, c) => beta![c]! - value * mean![c]!),
        );
      }),

    layerNorm: (x, gamma, beta, epsilon) =>
      h.differentiable({
        inputs: [x, gamma, beta],
        forward: () => {
          const [y, normal, scale] = h.computeMany<[Tensor2D, Tensor, Tensor]>(
            [x.shape, x.shape, [x.shape[0]]],
            [x, gamma, beta],
            (results, x, gamma, beta) => layerNorm(results, x!, gamma!, beta!, epsilon),
          );
          return { value: y, save: [normal, scale, gamma] };
        },
        backward: (dy, [normal, scale, gamma]) => {
          const [dx, dGamma, dBeta] = h.computeMany<Three>(
            [dy.shape, gamma.shape, gamma.shape],
            [dy, normal, scale, gamma],
            (results, dy, normal, scale, gamma) => layerNormBack(results, dy!, normal!, scale!, gamma!),
          );
          return [() => dx, () => dGamma, () => dBeta];
        },
      }),
  };
}
