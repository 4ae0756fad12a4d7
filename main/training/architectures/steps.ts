import type { Scalar, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Optimiser } from '../engines/adam.ts';
import type { Engine, Step } from '../engines/engine.ts';
import type { Classifier } from './model.ts';

/**
 * One training step of a classifier.
 *
 * Takes `images` [n, h, w, c] float32, normalised; `labels` [n] int32; `dropoutSeed` [2] int32; `t`, a float32 scalar,
 * 1 at the first step. Gives `loss`, the batch's mean cross-entropy in nats before the update.
 */
export function classifierStep(engine: Engine, classifier: Classifier, optimiser: Optimiser): Step {
  return (inputs) => {
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
}

/** From `images` [n, h, w, c] to `logits` and `softmax`, both [n, classes]. */
export function classifierInfer(engine: Engine, classifier: Classifier): Step {
  return (inputs) => {
    const logits = classifier.logits(inputs.images as Tensor4D, { training: false });
    return { logits, softmax: engine.ops.softmax(logits) };
  };
}
