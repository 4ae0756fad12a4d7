import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../engine.ts';
import type { Context } from '../context.ts';
import type { Attribute } from '../raw.ts';

/** Dense and convolutional layers. */
export function linearOps(c: Context): Pick<Ops, 'dense' | 'conv2d' | 'conv2dTranspose' | 'biasAdd' | 'maxPool2'> {
  const { attr } = c;
  const biased = <T extends Tensor>(x: T, b: Tensor1D): T => c.run('BiasAdd', [x, b], [attr.T, c.nhwc]);
  const convolution = (stride: number, padding: 'same' | 'valid'): Attribute[] => [
    attr.T,
    attr.int('strides', [1, stride, stride, 1]),
    attr.string('padding', padding.toUpperCase()),
    c.nhwc,
    attr.int('dilations', [1, 1, 1, 1]),
  ];
  const forward = (x: Tensor, w: Tensor, at: Attribute[]): Tensor4D => c.run('Conv2D', [x, w], at);
  const toInput = (shape: number[], w: Tensor, dy: Tensor, at: Attribute[]): Tensor4D =>
    c.run('Conv2DBackpropInput', [c.ints(shape), w, dy], at);
  const toFilter = (x: Tensor, shape: number[], dy: Tensor, at: Attribute[]): Tensor4D =>
    c.run('Conv2DBackpropFilter', [x, c.ints(shape), dy], at);

  return {
    dense: (x, w, b) =>
      c.differentiable({
        inputs: [x, w, b],
        forward: () => ({ value: biased(c.matMul<Tensor2D>(x, w), b), save: [x, w] }),
        backward: (dy, [x, w]) => [
          () => c.matMul(dy, w, false, true),
          () => c.matMul(x, dy, true, false),
          () => c.sumToLast(dy),
        ],
      }),

    conv2d: (x, w, stride, padding) => {
      const at = convolution(stride, padding);
      return c.differentiable({
        inputs: [x, w],
        forward: () => ({ value: forward(x, w, at), save: [x, w] }),
        backward: (dy, [x, w]) => [() => toInput(x.shape, w, dy, at), () => toFilter(x, w.shape, dy, at)],
      });
    },

    conv2dTranspose: (x, w, size, stride, padding) => {
      const at = convolution(stride, padding);
      const shape = [x.shape[0], size, size, w.shape[2]];
      return c.differentiable({
        inputs: [x, w],
        forward: () => ({ value: toInput(shape, w, x, at), save: [x, w] }),
        backward: (dy, [x, w]) => [() => forward(dy, w, at), () => toFilter(dy, w.shape, x, at)],
      });
    },

    biasAdd: (x, b) =>
      c.differentiable({
        inputs: [x, b],
        forward: () => ({ value: biased(x, b), save: [] }),
        backward: (dy) => [() => dy.clone(), () => c.sumToLast(dy)],
      }),

    maxPool2: (x) => {
      const at = [
        attr.T,
        attr.int('ksize', [1, 2, 2, 1]),
        attr.int('strides', [1, 2, 2, 1]),
        attr.string('padding', 'VALID'),
        c.nhwc,
      ];
      return c.differentiable({
        inputs: [x],
        forward: () => {
          const y = c.run<Tensor4D>('MaxPool', [x], at);
          return { value: y, save: [x, y] };
        },
        backward: (dy, [x, y]) => [() => c.run('MaxPoolGrad', [x, y, dy], at)],
      });
    },
  };
}
