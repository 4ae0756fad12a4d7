import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine, Ops, Tfjs } from '../../../main/training/engines/engine.ts';
import { type Composed, compositions, eager } from '../../../main/training/engines/fallbacks.ts';

/**
 * An engine on tfjs's plain JavaScript backend with tfjs's own ops and gradients: slow, and in no part ours. Whole
 * models are compared with it. Dropout and the optimizer are missing, as their random numbers and their place in a step
 * are compared elsewhere.
 */
export async function openReference(tf: Tfjs): Promise<Engine> {
  await tf.setBackend('cpu');
  return {
    description: { name: 'wasm', versions: {}, device: 'reference' },
    tf,
    ops: referenceOps(tf),
    holdsData: false,
    ...eager(tf),
    memory: () => ({ tensors: tf.memory().numTensors, bytes: tf.memory().numBytes }),
  };
}

function referenceOps(tf: Tfjs): Ops {
  const missing = (): never => {
    throw new Error('Not part of the reference');
  };
  const ops: Omit<Ops, keyof Composed> = {
    dense: (x, w, b) => tf.add(tf.matMul(x, w), b),
    conv2d: (x, w, stride, padding) => tf.conv2d(x, w, stride, padding),
    conv2dTranspose: (x, w, size, stride, padding) =>
      tf.conv2dTranspose(x, w, [x.shape[0], size, size, w.shape[2]], stride, padding),
    biasAdd: (x, b) => tf.add(x, b),
    bnTrain: (x, gamma, beta, epsilon) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      const rows = x.size / gamma.size;
      const y = batchNorm(tf, x, gamma, beta, mean as Tensor1D, variance as Tensor1D, epsilon);
      return { y, mean: mean as Tensor1D, variance: tf.mul(variance, rows / (rows - 1)) as Tensor1D };
    },
    layerNorm: (x, gamma, beta, epsilon) => {
      const { mean, variance } = tf.moments(x, 1, true);
      return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon))), gamma), beta) as Tensor2D;
    },
    relu: (x) => tf.relu(x),
    leakyRelu: (x, slope) => tf.leakyRelu(x, slope),
    gelu: <T extends Tensor>(x: T) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)) as T,
    tanh: (x) => tf.tanh(x),
    maxPool2: (x) => tf.maxPool(x, 2, 2, 'valid'),
    attention: (qkv, heads) => attention(tf, qkv, heads),
    dropout: missing,
    softmax: (logits) => tf.softmax(logits),
    softmaxCrossEntropy: (logits, labels) =>
      tf.losses.softmaxCrossEntropy(tf.oneHot(labels, logits.shape[1]), logits) as Scalar,
    sigmoidCrossEntropy: (logits, target) =>
      tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, target), logits) as Scalar,
    adam: missing,
  };
  return { ...ops, ...compositions(tf, ops) };
}

function batchNorm(
  tf: Tfjs,
  x: Tensor4D,
  gamma: Tensor1D,
  beta: Tensor1D,
  mean: Tensor1D,
  variance: Tensor1D,
  epsilon: number,
): Tensor4D {
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon))), gamma), beta) as Tensor4D;
}

function attention(tf: Tfjs, qkv: Tensor3D, heads: number): Tensor3D {
  const [n, t, width] = qkv.shape;
  const d = width / 3 / heads;
  const split = tf.transpose(tf.reshape(qkv, [n, t, 3, heads, d]), [2, 0, 3, 1, 4]);
  const [q, k, v] = tf.unstack(split) as [Tensor, Tensor, Tensor];
  const weights = tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(d)));
  return tf.reshape(tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]), [n, t, heads * d]);
}
