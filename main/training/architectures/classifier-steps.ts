import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { ClassifierRecipe } from '../../contract/recipes/recipes.ts';
import type { Engine, Entry, InputForm, TensorMap, Tfjs } from '../engines/engine.ts';
import type { Classifier, ImageShape } from './model.ts';
import type { Optimizer } from './optimizer.ts';

type ImageSize = Omit<ImageShape, 'classes'>;

/** How a step gets its images: the form of its input for `n` of them, and the float32 [n, h, w, c] made from it. */
export interface ImageInput {
  form(n: number): InputForm;
  images(input: Tensor): Tensor4D;
}

/** The input is the normalized images themselves. */
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
 * Takes `images` as `input` says; `labels` [n] int32; `dropoutSeed` [2] int32; what `targetForms` has; and the
 * optimizer's inputs. Gives `loss` (`labelLoss`) and `logits` [n, classes], both before the update.
 */
export function classifierStep(
  engine: Engine,
  classifier: Classifier,
  optimiser: Optimizer,
  n: number,
  input: ImageInput,
  { labelSmoothing, classes = 0, ...soft }: LossSettings = {},
): Entry {
  const inputs: Entry['inputs'] = {
    images: input.form(n),
    labels: { shape: [n], dtype: 'int32' },
    dropoutSeed: { shape: [2], dtype: 'int32' },
    ...targetForms(soft, n, classes),
    ...optimiser.inputs,
  };
  const step: Entry['step'] = (inputs) => {
    const { labels, dropoutSeed } = inputs as { labels: Tensor1D; dropoutSeed: Tensor1D };
    const images = mixedImages(engine.tf, input.images(inputs.images as Tensor), inputs);
    const kept: { logits?: Tensor } = {};
    const { value, grads } = optimiser.gradients(() => {
      const logits = classifier.logits(images, { training: true, dropoutSeed });
      kept.logits = engine.tf.keep(logits);
      return labelLoss(engine, logits, labels, labelSmoothing, inputs.targets as Tensor2D | undefined);
    });
    optimiser.apply(grads, inputs);
    return { loss: value, ...(kept as { logits: Tensor }) };
  };
  return { step, inputs };
}

/** What of a recipe changes the loss of a step. */
export interface LossSettings extends SoftTargets {
  labelSmoothing?: number | undefined;
  /** Number of classes; needed where targets are distributions. */
  classes?: number;
}

/** What makes distributions of a recipe's targets. */
type SoftTargets = Partial<Pick<ClassifierRecipe, 'mixup' | 'softLabels'>>;

/**
 * Inputs of a step whose targets are distributions: `targets` [n, classes]; with mixup also each image's partner in the batch
 * and its own share [n, 1].
 */
export function targetForms({ mixup, softLabels }: SoftTargets, n: number, classes: number): Entry['inputs'] {
  const targets: InputForm = { shape: [n, classes], dtype: 'float32' };
  if (mixup === undefined) return softLabels ? { targets } : {};
  return { targets, partner: { shape: [n], dtype: 'int32' }, share: { shape: [n, 1], dtype: 'float32' } };
}

/** Each image's share of itself and the rest of its partner, if the step mixes. */
export function mixedImages(tf: Tfjs, images: Tensor4D, { partner, share }: TensorMap): Tensor4D {
  if (!partner || !share) return images;
  const [n] = images.shape;
  const rows = tf.reshape(images, [n, images.size / n]);
  const others = tf.gather(rows, partner as Tensor1D);
  return tf.reshape(tf.add(tf.mul(rows, share), tf.mul(others, tf.sub(1, share))), images.shape);
}

/**
 * Mean cross-entropy of logits [n, c] against labels, or against distributions `targets` [n, c] (soft cross-entropy: where an engine has
 * no op for it, that of labels and a linear term, by which it differs from it, so its gradients are exact), in nats; with smoothing by e each label counts (1 - e), and every class e / c, as in
 * PyTorch. That adds e times the label's logit minus the mean logit.
 */
export function labelLoss(
  { ops, tf }: Engine,
  logits: Tensor2D,
  labels: Tensor1D,
  smoothing?: number,
  targets?: Tensor2D,
): Scalar {
  const [n, classes] = logits.shape;
  const wanted =
    targets && smoothing !== undefined
      ? tf.add<Tensor2D>(tf.mul(targets, 1 - smoothing), smoothing / classes)
      : targets;
  if (wanted && ops.softCrossEntropy) return ops.softCrossEntropy(logits, wanted);
  const hard = ops.softmaxCrossEntropy(logits, labels);
  if (!wanted && smoothing === undefined) return hard;
  const away = tf.sub(tf.cast(tf.oneHot(labels, classes), 'float32'), wanted ?? 1 / classes);
  const weight = wanted ? 1 : (smoothing ?? 0);
  return tf.add(hard, tf.mul(tf.sum(tf.mul(logits, away)), weight / n)) as Scalar;
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
