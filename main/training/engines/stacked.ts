import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { NetworkEngine, NetworkOps } from './network-ops.ts';
import { type Composed, compositions } from './fallbacks.ts';
import type { Engine } from './engine.ts';

/**
 * An engine for `count` networks side by side. The batches of all networks follow one another along the batch axis
 * (x [count * n, ...]), and each parameter has a leading axis of networks. Ops without parameters and without statistics
 * over the batch are the engine's own, on a larger batch.
 *
 * Dense layers become one batched matrix product if the engine has one. Convolutions, batch norm and dropout run one
 * network after another within the step, on the kernels of a single network: each is large enough to use a processor
 * fully, and TensorFlow has no grouped convolution with gradients on a CPU.
 *
 * A network's results depend neither on the other networks nor on its place among them: no sum spans networks.
 */
export function stackedEngine(engine: Engine, count: number): NetworkEngine {
  const { tf } = engine;
  /** One network after another: its batch, and its slice of each parameter. */
  const each = <T extends Tensor>(x: T, parameters: Tensor[], apply: (x: T, parameters: Tensor[]) => T): T => {
    const slices = parameters.map((parameter) => tf.unstack(parameter));
    const results = tf.split(x, count).map((batch, index) =>
      apply(
        batch as T,
        slices.map((slice) => slice[index] as Tensor),
      ),
    );
    return tf.concat(results as Tensor[]) as T;
  };
  /** All networks at once, their batches as rows [count, rows, channels]. */
  const alongRows = <T extends Tensor>(x: T, apply: (rows: Tensor) => Tensor): T => {
    const channels = x.shape.at(-1) ?? 1;
    const rows = tf.reshape<Rank>(x, [count, x.size / count / channels, channels]);
    return tf.reshape<Rank>(apply(rows), x.shape) as T;
  };
  /** A parameter [count, channels] as [count, 1, channels], for rows. */
  const broadcast = (parameter: Tensor): Tensor => tf.reshape(parameter, [count, 1, parameter.shape[1] as number]);
  const own: NetworkOps = engine.ops;
  const batches = tf.getKernel('BatchMatMul', tf.getBackend()) !== undefined;
  const ops: Omit<NetworkOps, keyof Composed> = {
    ...own,

    dense: (x, w, b) => {
      if (!batches) return each(x, [w, b], (x, [w, b]) => own.dense(x, w as Tensor2D, b as Tensor1D));
      const [rows, inputs] = x.shape;
      const product = tf.matMul(tf.reshape(x, [count, rows / count, inputs]), w as Tensor);
      return tf.reshape(tf.add(product, broadcast(b)), [rows, w.shape.at(-1) ?? 0]);
    },

    conv2d: (x, w, stride, padding) =>
      each(x, [w], (x, [w]) => own.conv2d(x, w as Tensor4D, stride, padding)) as Tensor4D,

    conv2dTranspose: (x, w, size, stride, padding) =>
      each(x, [w], (x, [w]) => own.conv2dTranspose(x, w as Tensor4D, size, stride, padding)) as Tensor4D,

    biasAdd: <T extends Tensor>(x: T, b: Tensor1D) => alongRows(x, (rows) => tf.add(rows, broadcast(b))),

    bnTrain: (x, gamma, beta, epsilon) => {
      const statistics: { mean: Tensor1D; variance: Tensor1D }[] = [];
      const y = each(x, [gamma, beta], (x, [gamma, beta]) => {
        const { y, ...moments } = own.bnTrain(x, gamma as Tensor1D, beta as Tensor1D, epsilon);
        statistics.push(moments);
        return y;
      });
      return {
        y: y as Tensor4D,
        mean: tf.stack(statistics.map(({ mean }) => mean)) as Tensor as Tensor1D,
        variance: tf.stack(statistics.map(({ variance }) => variance)) as Tensor as Tensor1D,
      };
    },

    /** The engine's own with gamma 1 and beta 0; the networks' gamma and beta are applied after it. */
    layerNorm: (x, gamma, beta, epsilon) => {
      const width = x.shape[1];
      const normal: Tensor2D = own.layerNorm(x, tf.ones([width]), tf.zeros([width]), epsilon);
      return alongRows(normal, (rows) => tf.add(tf.mul(rows, broadcast(gamma)), broadcast(beta)));
    },

    dropout: <T extends Tensor>(x: T, rate: number, seeds: Tensor1D) =>
      each(x, [seeds], (x, [seed]) => own.dropout(x, rate, seed as Tensor1D)) as T,
  };
  return { tf, ops: { ...ops, ...compositions(tf, ops) } };
}
