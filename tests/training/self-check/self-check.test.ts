import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { judge } from '../../../main/training/engines/choice/findings.ts';
import { selfCheck } from '../../../main/training/self-check/self-check.ts';
import type { Engine, Ops } from '../../../main/training/engines/engine.ts';
import { openEngine } from '../../../main/training/engines/open.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine('wasm');
});

test('an engine with correct results passes, and leaves nothing in memory', async () => {
  expect(await selfCheck(engine)).toBeNull();
  const { tensors } = engine.memory();
  expect(await selfCheck(engine)).toBeNull();
  expect(engine.memory().tensors).toBe(tensors);
});

describe('an engine does not pass with', () => {
  /** Rounded to eleven bits, as TF32 does before it multiplies. */
  const coarse = <T extends Tensor>(x: T): T => {
    const { tf } = engine;
    const scaled = tf.mul(x, 8193);
    return tf.sub(scaled, tf.sub(scaled, x)) as T;
  };
  const defects: [name: string, defect: (ops: Ops) => Partial<Ops>, said: RegExp][] = [
    ['no ReLU', () => ({ relu: (x) => engine.tf.clone(x) }), /^(mlp|cnn|dcgan), /],
    ['a ReLU that leaks', (ops) => ({ relu: (x) => ops.leakyRelu(x, 0.001) }), /^(mlp|cnn|dcgan), /],
    ['GELU by tanh', () => ({ gelu: byTanh }), /^(vit|mixer), /],
    ['a biased variance', (ops) => ({ layerNorm: (x, g, b) => ops.layerNorm(x, g, b, 1e-3) }), /^(vit|mixer), /],
    ['convolutions in TF32', (ops) => ({ conv2d: (x, w, s, p) => ops.conv2d(coarse(x), coarse(w), s, p) }), /./],
    [
      'dense layers in TF32',
      (ops) => ({ dense: (x, w, b) => ops.dense(coarse(x), coarse(w), b) }),
      /^(mlp|cnn|vit|mixer), /,
    ],
    ['pooling that takes means', () => ({ maxPool2: (x) => engine.tf.avgPool(x as Tensor4D, 2, 2, 'valid') }), /./],
    [
      'Adam whose moments are not corrected',
      (ops) => ({ adam: (p, g, slots, _t, settings) => ops.adam(p, g, slots, engine.tf.scalar(1e6), settings) }),
      /, (losses|margins) /,
    ],
    ['dropout by chance', () => ({ dropout: (x, rate) => engine.tf.dropout(x, rate) as typeof x }), /^dropout /],
    ['dropout that drops nothing', () => ({ dropout: (x) => engine.tf.clone(x) }), /^dropout /],
  ];

  function byTanh<T extends Tensor>(x: T): T {
    const { tf } = engine;
    const inner = tf.mul(tf.add(x, tf.mul(tf.pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI));
    return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1)) as T;
  }

  test.each(defects)('%s', async (_name, defect, said) => {
    const broken = { ...engine, ops: { ...engine.ops, ...defect(engine.ops) } };
    expect(await selfCheck(broken)).toMatch(said);
  });
});

test('the result names the largest error, and missing results', () => {
  const finding = (name: string, value: number) => ({ name, values: [value], scale: 10 });
  expect(judge([finding('a', 1), finding('b', 2)], { a: [1], b: [2] })).toBeNull();
  expect(judge([finding('a', 1.1), finding('b', 3)], { a: [1], b: [2] })).toBe(
    'b is off by 10 %, and 1 more of 2 are wrong',
  );
  expect(judge([finding('a', Number.NaN)], { a: [1] })).toBe('a is not a number');
  expect(judge([finding('a', 1)], { a: [1], b: [2] })).toBe('b was not computed');
  expect(judge([finding('a', 1)], {})).toBe('a is not a number');
});
