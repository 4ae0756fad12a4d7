import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Optimiser } from './optimiser.ts';
import type { Engine, Entry } from '../engines/engine.ts';
import type { Discriminator, GeneratorNet } from './model.ts';

/** Two networks and their optimisers. */
export interface Adversaries {
  generator: GeneratorNet;
  discriminator: Discriminator;
  generatorOptimiser: Optimiser;
  discriminatorOptimiser: Optimiser;
}

/**
 * One step of adversarial training on batches of `n` images (Goodfellow et al. 2014; Radford et al. 2016): the
 * discriminator learns on a real and a generated batch, each with batch statistics of its own, then the generator
 * against the updated discriminator, by the same generated images and with the non-saturating loss.
 *
 * Takes `images` [n, size, size, 1] in [-1, 1]; `z` [n, latent], standard normal; `t`, a float32 scalar, 1 at the first
 * step. Gives `lossD` (sum over both batches) and `lossG` in nats, and the mean belief that an image is real, of the
 * real (`dReal`) and the generated batch (`dFake`), before the discriminator's update.
 */
export function ganStep(engine: Engine, adversaries: Adversaries, n: number): Entry {
  const { ops, tf } = engine;
  const { generator, discriminator, generatorOptimiser, discriminatorOptimiser } = adversaries;
  const belief = (logits: Tensor1D): Tensor => tf.keep(tf.mean(tf.sigmoid(logits)));
  const { size, latent } = generator;
  const inputs: Entry['inputs'] = {
    images: { shape: [n, size, size, 1], dtype: 'float32' },
    z: { shape: [n, latent], dtype: 'float32' },
    t: { shape: [], dtype: 'float32' },
  };
  const step: Entry['step'] = (inputs) => {
    const { images, z, t } = inputs as { images: Tensor4D; z: Tensor2D; t: Scalar };
    const results: Record<string, Tensor> = {};
    const ofGenerator = generatorOptimiser.gradients(() => {
      const fake = generator.images(z, 'batch-and-learn');
      // Gradients of the discriminator's own weights: they end at the generated images.
      const ofDiscriminator = discriminatorOptimiser.gradients(() => {
        const onReal = discriminator.logits(images);
        const onFake = discriminator.logits(fake);
        results.dReal = belief(onReal);
        results.dFake = belief(onFake);
        return tf.add(ops.sigmoidCrossEntropy(onReal, 1), ops.sigmoidCrossEntropy(onFake, 0)) as Scalar;
      });
      discriminatorOptimiser.apply(ofDiscriminator.grads, t);
      results.lossD = tf.keep(ofDiscriminator.value);
      return ops.sigmoidCrossEntropy(discriminator.logits(fake), 1);
    });
    generatorOptimiser.apply(ofGenerator.grads, t);
    return { ...results, lossG: ofGenerator.value };
  };
  return { step, inputs };
}

/** From `z` [n, latent] to `images` [n, size, size, 1] in [-1, 1], by running statistics: each image for itself. */
export function generatorInfer(generator: GeneratorNet, n: number): Entry {
  return {
    step: ({ z }) => ({ images: generator.images(z as Tensor2D, 'running') }),
    inputs: { z: { shape: [n, generator.latent], dtype: 'float32' } },
  };
}
