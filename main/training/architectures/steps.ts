import type { Scalar, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Optimiser } from '../engines/adam.ts';
import type { Engine, Entry } from '../engines/engine.ts';
import type { Classifier, ImageShape } from './model.ts';

/** Size of an image, without its classes. */
type ImageSize = Omit<ImageShape, 'classes'>;

/**
 * One training step of a classifier on batches of `n` images.
 *
 * Takes `images` [n, h, w, c] float32, normalised; `labels` [n] int32; `dropoutSeed` [2] int32; `t`, a float32 scalar,
 * 1 at the first step. Gives `loss`, the batch's mean cross-entropy in nats before the update.
 */
export function classifierStep(
  engine: Engine,
  classifier: Classifier,
  optimiser: Optimiser,
  n: number,
  { height, width, channels }: ImageSize,
): Entry {
  const inputs: Entry['inputs'] = {
    images: { shape: [n, height, width, channels], dtype: 'float32' },
    labels: { shape: [n], dtype: 'int32' },
    dropoutSeed: { shape: [2], dtype: 'int32' },
    t: { shape: [], dtype: 'float32' },
  };
  const step: Entry['step'] = (inputs) => {
    const { images, labels, dropoutSeed, t } = inputs as {
      images: Tensor4D;
      labels: Tensor1D;
      dropoutSeed: Tensor1D;
      t: Scalar;
    };
    const { value, grads } = optimiser.gradients(() =>
      engine.ops.softmaxCrossEntropy(classifier.logits(images, { training: true, dropoutSeed }), labels),
    );
    optimiser.apply(grads, t);
    return { loss: value };
  };
  return { step, inputs };
}

/** From `images` [n, h, w, c] to `logits` [n, classes]. */
export function classifierInfer(classifier: Classifier, n: number, { height, width, channels }: ImageSize): Entry {
  return {
    step: ({ images }) => ({ logits: classifier.logits(images as Tensor4D, { training: false }) }),
    inputs: { images: { shape: [n, height, width, channels], dtype: 'float32' } },
  };
}
