import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Optimiser } from './optimiser.ts';
import type { Engine, Entry } from '../engines/engine.ts';
import type { ImageInput } from './image-input.ts';
import type { Classifier } from './model.ts';

/**
 * One training step of a classifier on batches of `n` images.
 *
 * Takes `images` as `input` says; `labels` [n] int32; `dropoutSeed` [2] int32; `t`, a float32 scalar, 1 at the first
 * step. Gives `loss`, the batch's mean cross-entropy in nats before the update.
 */
export function classifierStep(
  engine: Engine,
  classifier: Classifier,
  optimiser: Optimiser,
  n: number,
  input: ImageInput,
): Entry {
  const inputs: Entry['inputs'] = {
    images: input.form(n),
    labels: { shape: [n], dtype: 'int32' },
    dropoutSeed: { shape: [2], dtype: 'int32' },
    t: { shape: [], dtype: 'float32' },
  };
  const step: Entry['step'] = (inputs) => {
    const { labels, dropoutSeed, t } = inputs as { labels: Tensor1D; dropoutSeed: Tensor1D; t: Scalar };
    const images = input.images(inputs.images as Tensor);
    const { value, grads } = optimiser.gradients(() =>
      engine.ops.softmaxCrossEntropy(classifier.logits(images, { training: true, dropoutSeed }), labels),
    );
    optimiser.apply(grads, t);
    return { loss: value };
  };
  return { step, inputs };
}

/** From n `images`, as `input` says, to `logits` [n, classes]. */
export function classifierInfer(classifier: Classifier, n: number, input: ImageInput): Entry {
  return {
    step: ({ images }) => ({ logits: classifier.logits(input.images(images as Tensor), { training: false }) }),
    inputs: { images: input.form(n) },
  };
}
