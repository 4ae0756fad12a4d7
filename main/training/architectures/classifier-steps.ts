import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Engine, Entry, InputForm, Tfjs } from '../engines/engine.ts';
import type { Classifier, ImageShape } from './model.ts';
import type { Optimiser } from './optimiser.ts';

type ImageSize = Omit<ImageShape, 'classes'>;

/** How a step gets its images: the form of its input for `n` of them, and the float32 [n, h, w, c] made from it. */
export interface ImageInput {
  form(n: number): InputForm;
  images(input: Tensor): Tensor4D;
}

/** The input is the normalised images themselves. */
export function fedImages({ height, width, channels }: ImageSize): ImageInput {
  return {
    form: (n) => ({ shape: [n, height, width, channels], dtype: 'float32' }),
    images: (input) => input as Tensor4D,
  };
}

/** The input is int32 positions in `all`, a variable [count, h * w * c] that the step gathers from. */
export function heldImages(tf: Tfjs, all: Variable, { height, width, channels }: ImageSize): ImageInput {
  return {
    form: (n) => ({ shape: [n], dtype: 'int32' }),
    images: (input) => tf.reshape(tf.gather(all, input as Tensor1D), [input.size, height, width, channels]),
  };
}

/**
 * One training step of a classifier on batches of `n` images.
 *
 * Takes `images` as `input` says; `labels` [n] int32; `dropoutSeed` [2] int32; and the optimiser's inputs. Gives `loss` (`labelLoss`) and `logits` [n, classes], both before the update.
 */
export function classifierStep(
  engine: Engine,
  classifier: Classifier,
  optimiser: Optimiser,
  n: number,
  input: ImageInput,
  labelSmoothing?: number,
): Entry {
  const inputs: Entry['inputs'] = {
    images: input.form(n),
    labels: { shape: [n], dtype: 'int32' },
    dropoutSeed: { shape: [2], dtype: 'int32' },
    ...optimiser.inputs,
  };
  const step: Entry['step'] = (inputs) => {
    const { labels, dropoutSeed } = inputs as { labels: Tensor1D; dropoutSeed: Tensor1D };
    const images = input.images(inputs.images as Tensor);
    const kept: { logits?: Tensor } = {};
    const { value, grads } = optimiser.gradients(() => {
      const logits = classifier.logits(images, { training: true, dropoutSeed });
      kept.logits = engine.tf.keep(logits);
      return labelLoss(engine, logits, labels, labelSmoothing);
    });
    optimiser.apply(grads, inputs);
    return { loss: value, ...(kept as { logits: Tensor }) };
  };
  return { step, inputs };
}

/**
 * Mean cross-entropy of logits [n, c], in nats; with smoothing by e each label counts (1 - e), and every class e / c, as in
 * PyTorch. That adds e times the label's logit minus the mean logit.
 */
export function labelLoss({ ops, tf }: Engine, logits: Tensor2D, labels: Tensor1D, smoothing?: number): Scalar {
  const hard = ops.softmaxCrossEntropy(logits, labels);
  if (smoothing === undefined) return hard;
  const [n, classes] = logits.shape;
  const away = tf.sub(tf.cast(tf.oneHot(labels, classes), 'float32'), 1 / classes);
  return tf.add(hard, tf.mul(tf.sum(tf.mul(logits, away)), smoothing / n)) as Scalar;
}

/** From n `images`, as `input` says, to `features` [n, width], what the last layer takes. */
export function classifierFeatures(classifier: Classifier, n: number, input: ImageInput): Entry {
  return {
    step: ({ images }) => ({ features: classifier.features(input.images(images as Tensor)) }),
    inputs: { images: input.form(n) },
  };
}

/** From n `images`, as `input` says, to `logits` [n, classes]. */
export function classifierInfer(classifier: Classifier, n: number, input: ImageInput): Entry {
  return {
    step: ({ images }) => ({ logits: classifier.logits(input.images(images as Tensor), { training: false }) }),
    inputs: { images: input.form(n) },
  };
}
