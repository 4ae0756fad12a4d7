import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Context, Kernel } from '../context.ts';
import { convolve, geometry, toFilter, toInput, transposedProduct } from '../convolution.ts';

const addBias: Kernel = {
  name: 'add bias',
  inputs: ['x', 'b'],
  uniforms: { columns: 'i32' },
  value: 'return x[i] + b[i % uniforms.columns];',
};

/** Dense and convolutional layers. */
export function linearOps(c: Context): Pick<Ops, 'dense' | 'conv2d' | 'conv2dTranspose' | 'biasAdd'> {
  const biased = <T extends Tensor>(x: T, b: Tensor): T => c.map(addBias, x.shape, [x, b], { columns: b.size });
  const toBias = (dy: Tensor): Tensor =>
    c.sumColumns({ name: 'bias', inputs: ['dy'], term: 'dy[i]' }, dy.shape.at(-1)!, [dy]);

  return {
    dense: (x, w, b) =>
      c.differentiable({
        inputs: [x, w, b],
        forward: () => ({ value: biased(c.matMul<Tensor2D>(x, w), b), save: [x, w] }),
        backward: (dy, [x, w]) => [
          () => c.matMul(dy, w, false, true),
          () => c.tf.tidy(() => transposedProduct(c, x, dy)),
          () => toBias(dy),
        ],
      }),

    conv2d: (x, w, stride, padding) => {
      const g = geometry(x.shape, w.shape, stride, padding);
      return c.differentiable({
        inputs: [x, w],
        forward: () => ({ value: convolve(c, x, w, stride, padding), save: [x, w] }),
        backward: (dy, [x, w]) => [
          () => c.tf.tidy(() => toInput(c, dy, w, g)),
          () => c.tf.tidy(() => toFilter(c, x, dy, g, w.shape)),
        ],
      });
    },

    conv2dTranspose: (x, w, size, stride, padding) => {
      const g = geometry([x.shape[0], size, size, w.shape[2]], w.shape, stride, padding);
      return c.differentiable({
        inputs: [x, w],
        forward: () => ({ value: toInput(c, x, w, g), save: [x, w] }),
        backward: (dy: Tensor4D, [x, w]) => [
          () => convolve(c, dy, w, stride, padding),
          () => c.tf.tidy(() => toFilter(c, dy, x, g, w.shape)),
        ],
      });
    },

    biasAdd: (x, b) =>
      c.differentiable({
        inputs: [x, b],
        forward: () => ({ value: biased(x, b), save: [] }),
        backward: (dy) => [() => dy.clone(), () => toBias(dy)],
      }),
  };
}
