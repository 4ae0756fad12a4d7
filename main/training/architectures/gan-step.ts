import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { GeneratorRecipe } from '../../contract/recipes/recipes.ts';
import { pointLength } from '../../domain/anchors/latents.ts';
import type { Engine, Entry, TensorMap } from '../engines/engine.ts';
import { DifferentiableAugmentations } from './differentiable-augmentation.ts';
import type { Discriminator, GeneratorNet } from './model.ts';
import type { Optimizer } from './optimizer.ts';

/** Two networks and their optimizers. */
export interface Adversaries {
  generator: GeneratorNet;
  discriminator: Discriminator;
  generatorOptimiser: Optimizer;
  discriminatorOptimiser: Optimizer;
  /** A net like the generator whose parameters follow the generator's. */
  average?: { net: GeneratorNet; decay: number } | undefined;
}

/** How the two networks learn. */
type GanRecipe = Pick<GeneratorRecipe, 'loss' | 'spectralNorm' | 'augmentation'>;

/** The random changes of the real and of the generated batch of a step. */
export const stepAugmentations = ({ augmentation = [] }: Pick<GanRecipe, 'augmentation'>, side: number) => ({
  real: new DifferentiableAugmentations(augmentation, side, 'real'),
  fake: new DifferentiableAugmentations(augmentation, side, 'fake'),
});

/**
 * One step of adversarial training on batches of `n` images (Goodfellow et al. 2014; Radford et al. 2016): the
 * discriminator learns on a real and a generated batch, each with batch statistics of its own, then the generator
 * against the updated discriminator, by the same generated images and with the non-saturating loss or the hinge loss.
 *
 * Takes `images` [n, height, width, channels] in [-1, 1]; `z` [n, pointLength], latent points; `t`, a float32 scalar, 1 at
 * the first step; of conditional networks `classes` [n, classes], the one-hot classes of `images`; and the numbers of
 * `stepAugmentations`, with which the discriminator sees changed images only. Gives `lossD` (sum
 * over both batches) and `lossG` in nats or, by the hinge loss, in units of the logit; and the mean sigmoid of the logits
 * that the discriminator gives the real (`dReal`) and the generated batch (`dFake`) before its update.
 */
export function ganStep(engine: Engine, adversaries: Adversaries, n: number, recipe: GanRecipe = {}): Entry {
  const { tf } = engine;
  const { generator, discriminator, generatorOptimiser, discriminatorOptimiser, average } = adversaries;
  const { discriminatorLoss, generatorLoss } = lossesOf(engine, recipe.loss);
  const meanProbability = (logits: Tensor1D): Tensor => tf.keep(tf.mean(tf.sigmoid(logits)));
  const { size, space } = generator;
  const augmentations = stepAugmentations(recipe, size.width);
  const inputs: Entry['inputs'] = {
    images: { shape: [n, size.height, size.width, size.channels], dtype: 'float32' },
    z: { shape: [n, pointLength(space)], dtype: 'float32' },
    t: { shape: [], dtype: 'float32' },
    ...(space.classes > 0 && { classes: { shape: [n, space.classes], dtype: 'float32' } }),
    ...augmentations.real.inputs(n),
    ...augmentations.fake.inputs(n),
  };
  const step: Entry['step'] = (inputs) => {
    const { images, z, t } = inputs as { images: Tensor4D; z: Tensor2D; t: Scalar };
    const directions = recipe.spectralNorm ? discriminator.iterate() : undefined;
    const { classes, fakeClasses } = classesOf(engine, generator, inputs);
    const onReal = (): Tensor1D =>
      discriminator.logits(augmentations.real.apply(tf, images, inputs), { classes, directions });
    const onFake = (fake: Tensor4D): Tensor1D =>
      discriminator.logits(augmentations.fake.apply(tf, fake, inputs), { classes: fakeClasses, directions });
    const results: Record<string, Tensor> = {};
    const generatorStep = generatorOptimiser.gradients(() => {
      const fake = generator.images(z, 'batch-and-learn');
      // Gradients of the discriminator's own weights: they end at the generated images.
      const discriminatorStep = discriminatorOptimiser.gradients(() => {
        const [real, generated] = [onReal(), onFake(fake)];
        results.dReal = meanProbability(real);
        results.dFake = meanProbability(generated);
        return discriminatorLoss(real, generated);
      });
      discriminatorOptimiser.apply(discriminatorStep.grads, { t });
      results.lossD = tf.keep(discriminatorStep.value);
      return generatorLoss(onFake(fake));
    });
    generatorOptimiser.apply(generatorStep.grads, { t });
    if (average) follow(engine, generator, average, t);
    return { ...results, lossG: generatorStep.value };
  };
  return { step, inputs };
}

/** Mean losses of logits [n]. */
interface Losses {
  discriminatorLoss(real: Tensor1D, generated: Tensor1D): Scalar;
  generatorLoss(generated: Tensor1D): Scalar;
}

function lossesOf({ ops, tf }: Engine, loss: GeneratorRecipe['loss']): Losses {
  if (loss === 'hinge') {
    const hinge = (x: Tensor1D): Tensor => tf.mean(ops.relu(tf.add(x, 1) as Tensor1D));
    return {
      discriminatorLoss: (real, generated) => tf.add(hinge(tf.neg(real)), hinge(generated)) as Scalar,
      generatorLoss: (generated) => tf.neg(tf.mean(generated)) as Scalar,
    };
  }
  return {
    discriminatorLoss: (real, generated) =>
      tf.add(ops.sigmoidCrossEntropy(real, 1), ops.sigmoidCrossEntropy(generated, 0)) as Scalar,
    generatorLoss: (generated) => ops.sigmoidCrossEntropy(generated, 1),
  };
}

/** The one-hot classes of the real images and, from the latent points, those that the generator was asked for. */
function classesOf(
  { tf }: Engine,
  { space }: GeneratorNet,
  { classes, z }: TensorMap,
): { classes?: Tensor2D; fakeClasses?: Tensor2D } {
  if (space.classes === 0) return {};
  const asked = tf.slice(z as Tensor2D, [0, space.z], [-1, space.classes]);
  return { classes: classes as Tensor2D, fakeClasses: asked };
}

/**
 * Moves the average's parameters, batch norm's statistics included, towards the generator's: average = decay average +
 * (1 - decay) generator. The decay of step t is at most (1 + t) / (10 + t), so that the average soon forgets the initial
 * weights (as TensorFlow's ExponentialMovingAverage with num_updates).
 */
function follow(
  { tf }: Engine,
  generator: GeneratorNet,
  { net, decay }: { net: GeneratorNet; decay: number },
  t: Scalar,
) {
  tf.tidy(() => {
    const kept = tf.minimum(decay, tf.div(tf.add(t, 1), tf.add(t, 10)));
    const added = tf.sub(1, kept);
    net.parameters.forEach(({ variable }, index) => {
      const newest = generator.parameters[index]?.variable;
      if (!newest) throw new Error('the average has other parameters than the generator');
      variable.assign(tf.add(tf.mul(variable, kept), tf.mul(newest, added)));
    });
  });
}
