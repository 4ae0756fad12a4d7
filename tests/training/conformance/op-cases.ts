import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { labelLoss } from '../../../main/training/architectures/classifier-steps.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { type OpCase, randomNumbers } from './compare.ts';
import * as reference from './reference-ops.ts';

type Given = OpCase['inputs'][number];

const product = (shape: number[]): number => shape.reduce((a, b) => a * b, 1);
const input = (name: string, shape: number[], scale = 1, shift = 0): Given => ({
  shape,
  values: randomNumbers(product(shape), name, scale, shift),
});

/** Every differentiable op of the interface, in the shapes that models use and in awkward ones. */
export function opCases(engine: Engine): OpCase[] {
  const { ops } = engine;
  return [
    ...denseCases(ops),
    ...convolutionCases(ops),
    ...transposedCases(ops),
    ...normalizationCases(ops),
    ...pointwiseCases(ops),
    ...poolCases(ops),
    ...attentionCases(ops),
    ...lossCases(engine),
  ];
}

function denseCases(ops: Engine['ops']): OpCase[] {
  const sizes = [
    [3, 5, 4],
    [1, 1, 1],
    [7, 2, 9],
    // Sums so long that an engine may cut them in parts: of gradients of weights, and of the product itself.
    [130, 3, 2],
    [2, 2100, 2],
  ] as const;
  const dense = sizes.map(([n, i, o]) => ({
    name: `dense ${n}x${i} to ${o}`,
    inputs: [input('x', [n, i]), input('w', [i, o]), input('b', [o])],
    run: (x: Tensor, w: Tensor, b: Tensor) => ops.dense(x as Tensor2D, w as Tensor2D, b as Tensor1D),
    reference: reference.dense,
  }));
  const bias: OpCase = {
    name: 'biasAdd',
    inputs: [input('x', [2, 3, 2, 5]), input('b', [5])],
    run: (x, b) => ops.biasAdd(x, b as Tensor1D),
    reference: (x, b) => x.map((value, at) => value + b[at % 5]!),
  };
  return [...dense, bias];
}

/** Height, width, channels, outputs, kernel, stride, padding. */
type Shape = readonly [h: number, w: number, c: number, o: number, k: number, s: number, p: 'same' | 'valid'];

function convolutionCases(ops: Engine['ops']): OpCase[] {
  const shapes: Shape[] = [
    [5, 7, 3, 4, 3, 1, 'same'],
    [8, 8, 2, 3, 4, 2, 'same'],
    [7, 5, 2, 3, 4, 2, 'same'],
    [6, 9, 2, 3, 3, 2, 'valid'],
    [7, 7, 1, 3, 7, 7, 'valid'],
    [14, 14, 2, 3, 7, 7, 'valid'],
    [4, 4, 5, 1, 4, 1, 'valid'],
    [6, 5, 2, 2, 4, 1, 'same'],
    [3, 3, 1, 1, 1, 1, 'same'],
    [2, 2, 1, 2, 3, 1, 'same'],
  ];
  return shapes.map(([h, w, c, o, k, s, p]) => {
    const size = { n: 2, h, w, c };
    return {
      name: `conv2d ${h}x${w}x${c} to ${o}, kernel ${k}, stride ${s}, ${p}`,
      inputs: [input('x', [2, h, w, c]), input('w', [k, k, c, o])],
      run: (x: Tensor, filter: Tensor) => ops.conv2d(x as Tensor4D, filter as Tensor4D, s, p),
      reference: (x: reference.Numbers, filter: reference.Numbers) => reference.conv2d(x, filter, size, k, o, s, p),
    };
  });
}

function transposedCases(ops: Engine['ops']): OpCase[] {
  /** Of the result: size, channels; then inputs, kernel, stride, padding. */
  const shapes = [
    [4, 3, 5, 4, 1, 'valid'],
    [8, 2, 3, 4, 2, 'same'],
    [5, 3, 2, 4, 2, 'same'],
    [7, 2, 3, 3, 2, 'valid'],
    [6, 1, 2, 3, 1, 'same'],
  ] as const;
  return shapes.map(([side, c, inputs, k, s, p]) => {
    const size = { n: 2, h: side, w: side, c };
    const from = reference.convolutionShape(size, k, inputs, s, p);
    return {
      name: `conv2dTranspose to ${side}x${side}x${c}, kernel ${k}, stride ${s}, ${p}`,
      inputs: [input('x', from), input('w', [k, k, c, inputs])],
      run: (x: Tensor, w: Tensor) => ops.conv2dTranspose(x as Tensor4D, w as Tensor4D, side, s, p),
      reference: (x: reference.Numbers, w: reference.Numbers) => reference.conv2dTranspose(x, w, size, k, inputs, s, p),
    };
  });
}

function normalizationCases(ops: Engine['ops']): OpCase[] {
  const epsilon = 1e-5;
  // Widths below, at and above those of vectors; numbers far from 0, whose squares would cancel.
  const shapes = [
    [[3, 2, 5], 4, 3],
    [[1, 2, 3], 37, 200],
    [[2, 2, 2], 16, 0],
  ] as const;
  const batchNorms = shapes.map(([outer, channels, mean]) => ({
    name: `bnTrain ${outer.join('x')}x${channels} around ${mean}`,
    inputs: [
      input('images', [...outer, channels], 2, mean),
      input('gamma', [channels], 0.5, 1),
      input('beta', [channels]),
    ],
    run: (x: Tensor, g: Tensor, b: Tensor) => ops.bnTrain(x as Tensor4D, g as Tensor1D, b as Tensor1D, epsilon).y,
    reference: (x: reference.Numbers, g: reference.Numbers, b: reference.Numbers) => {
      const { mean, variance } = reference.moments(x, channels);
      return reference.normalise(x, g, b, mean, variance, epsilon);
    },
  }));
  const rectified = [0, 0.2].map((slope) => ({
    name: `bnRectified, slope ${slope}`,
    inputs: [input('images', [3, 2, 5, 19], 2, 3), input('gamma', [19], 0.5, 1), input('beta', [19])],
    run: (x: Tensor, g: Tensor, b: Tensor) =>
      ops.bnRectified(x as Tensor4D, g as Tensor1D, b as Tensor1D, epsilon, slope).y,
    reference: (x: reference.Numbers, g: reference.Numbers, b: reference.Numbers) => {
      const { mean, variance } = reference.moments(x, 19);
      return reference.normalise(x, g, b, mean, variance, epsilon).map((u) => (u > 0 ? u : slope * u));
    },
  }));
  const layerNorms = [4, 16, 37].map((width) => ({
    name: `layerNorm 6x${width}`,
    inputs: [input('rows', [6, width], 2, 1), input('gamma', [width], 0.5, 1), input('beta', [width])],
    run: (x: Tensor, g: Tensor, b: Tensor) => ops.layerNorm(x as Tensor2D, g as Tensor1D, b as Tensor1D, epsilon),
    reference: (x: reference.Numbers, g: reference.Numbers, b: reference.Numbers) =>
      reference.layerNorm(x, g, b, epsilon),
  }));
  return [...batchNorms, ...rectified, ...layerNorms];
}

function pointwiseCases(ops: Engine['ops']): OpCase[] {
  const x = input('x', [3, 7], 2);
  return [
    { name: 'relu', inputs: [x], run: ops.relu, reference: (x) => x.map((value) => Math.max(0, value)) },
    {
      name: 'leakyRelu',
      inputs: [x],
      run: (x) => ops.leakyRelu(x, 0.2),
      reference: (x) => x.map((value) => (value > 0 ? value : 0.2 * value)),
    },
    { name: 'gelu', inputs: [x], run: ops.gelu, reference: reference.gelu },
    { name: 'tanh', inputs: [x], run: ops.tanh, reference: (x) => x.map(Math.tanh) },
    {
      name: 'softmax',
      inputs: [x],
      run: (x) => ops.softmax(x as Tensor2D),
      reference: (x) => reference.softmax(x, 7),
      gradient: false,
    },
  ];
}

function poolCases(ops: Engine['ops']): OpCase[] {
  const shapes = [
    [4, 6, 3],
    [5, 7, 2],
    [2, 2, 1],
  ] as const;
  const pool = (name: string, [h, w, c]: readonly [number, number, number], shift: number): OpCase => ({
    name: `maxPool2 ${h}x${w}x${c}${name}`,
    inputs: [input('pool', [2, h, w, c], 1, shift)],
    run: (x) => ops.maxPool2(x as Tensor4D),
    reference: (x) => reference.maxPool2(x, { n: 2, h, w, c }),
  });
  return [...shapes.map((shape) => pool('', shape, 0)), pool(', all negative', [4, 4, 2], -10)];
}

function attentionCases(ops: Engine['ops']): OpCase[] {
  const shapes = [
    [2, 5, 3, 4],
    [1, 1, 1, 1],
    [3, 2, 2, 7],
  ] as const;
  const attention = shapes.map(([n, t, heads, d]) => ({
    name: `attention ${n} x ${t} tokens, ${heads} heads of ${d}`,
    inputs: [input('qkv', [n, t, 3 * heads * d])],
    run: (qkv: Tensor) => ops.attention(qkv as Tensor3D, heads),
    reference: (qkv: reference.Numbers) => reference.attention(qkv, n, t, heads, d),
  }));
  // Widths below, at and above those of vectors.
  const projected = [
    ...shapes.map((shape) => [...shape, 3] as const),
    [2, 17, 1, 17, 5] as const,
    [1, 9, 2, 8, 18] as const,
  ];
  const self = projected.map(([n, t, heads, d, width]) => ({
    name: `self-attention ${n} x ${t} tokens of ${width}, ${heads} heads of ${d}`,
    inputs: [input('x', [n * t, width]), input('w', [width, 3 * heads * d], 0.2), input('b', [3 * heads * d])],
    run: (x: Tensor, w: Tensor, b: Tensor) => ops.selfAttention(x as Tensor2D, w as Tensor2D, b as Tensor1D, t, heads),
    reference: (x: reference.Numbers, w: reference.Numbers, b: reference.Numbers) =>
      reference.attention(reference.dense(x, w, b), n, t, heads, d),
  }));
  return [...attention, ...self];
}

function lossCases(engine: Engine): OpCase[] {
  const { ops, tf } = engine;
  const labels = [2, 0, 3, 3];
  const crossEntropy = [1, 40].map((scale) => ({
    name: `softmaxCrossEntropy, logits of ${scale}`,
    inputs: [input('logits', [4, 5], scale)],
    run: (logits: Tensor): Scalar => ops.softmaxCrossEntropy(logits as Tensor2D, tf.tensor1d(labels, 'int32')),
    reference: (logits: reference.Numbers) => reference.softmaxCrossEntropy(logits, labels),
  }));
  const targets = [0.1, 0.9, 0, 0, 0, 0.2, 0.2, 0.2, 0.2, 0.2, 0, 0, 1, 0, 0, 0.5, 0, 0, 0, 0.5];
  const soft = [1, 40].map((scale) => ({
    name: `cross-entropy against distributions, logits of ${scale}`,
    inputs: [input('logits', [4, 5], scale)],
    run: (logits: Tensor): Scalar =>
      labelLoss(engine, logits as Tensor2D, tf.tensor1d(labels, 'int32'), undefined, tf.tensor2d(targets, [4, 5])),
    reference: (logits: reference.Numbers) => reference.softCrossEntropy(logits, targets, 5),
  }));
  const binary = [0, 1, 0.9].map((target) => ({
    name: `sigmoidCrossEntropy against ${target}`,
    inputs: [input('logits', [6], 5)],
    run: (logits: Tensor): Scalar => ops.sigmoidCrossEntropy(logits as Tensor1D, target),
    reference: (logits: reference.Numbers) => reference.sigmoidCrossEntropy(logits, target),
  }));
  return [...crossEntropy, ...soft, ...binary];
}
