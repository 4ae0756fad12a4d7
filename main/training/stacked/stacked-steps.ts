import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { ImageInput } from '../architectures/image-input.ts';
import type { Classifier } from '../architectures/model.ts';
import type { Engine, Entry, InputForm } from '../engines/engine.ts';
import type { StackedAdam } from './stacked-adam.ts';

const slotForm: InputForm = { shape: [1], dtype: 'int32' };

/**
 * One training step of `count` classifiers side by side, each on a batch of `n` images of its own.
 *
 * Takes `images`, count * n, as `input` says; `labels` [count * n] int32; `dropoutSeeds` [count, 2] int32; `stepSize`
 * and `epsilon` [count, 1] float32 (`AdamRates`). Gives `losses` [count]: the mean cross-entropy of each batch before the
 * update, in nats.
 */
export function stackedStep(
  engine: Engine,
  stacked: Classifier,
  adam: StackedAdam,
  count: number,
  n: number,
  input: ImageInput,
): Entry {
  const { tf, ops } = engine;
  const inputs: Entry['inputs'] = {
    images: input.form(count * n),
    labels: { shape: [count * n], dtype: 'int32' },
    dropoutSeeds: { shape: [count, 2], dtype: 'int32' },
    stepSize: { shape: [count, 1], dtype: 'float32' },
    epsilon: { shape: [count, 1], dtype: 'float32' },
  };
  const step: Entry['step'] = (given) => {
    const { labels, dropoutSeeds, stepSize, epsilon } = given as Record<keyof typeof given, Tensor> & {
      dropoutSeeds: Tensor1D;
    };
    const images = input.images(given.images as Tensor);
    const kept: { losses?: Tensor } = {};
    const grads = adam.gradients(() => {
      const logits = tf.split(stacked.logits(images, { training: true, dropoutSeed: dropoutSeeds }), count);
      const right = tf.split(labels as Tensor, count);
      const losses = logits.map((own, k) => ops.softmaxCrossEntropy(own as Tensor2D, right[k] as Tensor1D));
      kept.losses = tf.keep(tf.stack(losses));
      return tf.addN(losses) as Scalar;
    });
    adam.apply(grads, stepSize as Tensor, epsilon as Tensor);
    return kept as { losses: Tensor };
  };
  return { step, inputs };
}

/** Copies the parameters of the network at `slot` [1] int32 into `single`, a network of the same architecture. */
export function showSlot({ tf }: Engine, stacked: Classifier, single: Classifier): Entry {
  const step: Entry['step'] = ({ slot }) => {
    single.parameters.forEach(({ variable }, index) => {
      const all = stacked.parameters[index]?.variable as Tensor;
      variable.assign(tf.reshape(tf.gather(all, slot as Tensor1D), variable.shape));
    });
    return { slot: tf.cast(slot as Tensor, 'float32') };
  };
  return { step, inputs: { slot: slotForm } };
}

/** Adam's moments `m` and `v` [1, all] of the network at `slot` [1] int32, in the order of `StackedAdam.places`. */
export function momentsOfSlot({ tf }: Engine, { m, v }: StackedAdam): Entry {
  const step: Entry['step'] = ({ slot }) => ({
    m: tf.gather(m, slot as Tensor1D),
    v: tf.gather(v, slot as Tensor1D),
  });
  return { step, inputs: { slot: slotForm } };
}
