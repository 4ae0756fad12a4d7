/** One step of the self-check's small DCGAN in plain float64. */
import { randomStream } from '../../../main/domain/random/random.ts';
import { gradientName, project } from '../../../main/training/engines/choice/findings.ts';
import { generatorSeed, smallGenerator } from '../../../main/training/self-check/network-findings.ts';
import * as ops from '../conformance/reference-ops.ts';
import type { Weights } from './reference-classifiers.ts';
import { gradientsOf, isFixed, slope } from './reference-findings.ts';

type Numbers = ops.Numbers;

const { batch: n, latent, features, stepSize } = smallGenerator;
const epsilon = 1e-5;

function batchNorm(weights: Weights, name: string, x: Numbers, channels: number): Numbers {
  const { mean, variance } = ops.moments(x, channels);
  return ops.normalise(x, weights[`${name}.gamma`]!, weights[`${name}.beta`]!, mean, variance, epsilon);
}

/** Images [n, 28, 28, 1]: maps of 7x7x8 and 14x14x4 on the way. */
function generate(weights: Weights, z: Numbers): Numbers {
  const [wide, narrow] = [2 * features, features];
  const map = (side: number, c: number): ops.ImageSize => ({ n, h: side, w: side, c });
  const weight = (layer: number): Numbers => weights[`generator.${layer}.weight`]!;
  const rectified = (layer: number, x: Numbers, channels: number): Numbers =>
    batchNorm(weights, `generator.${layer}.norm`, x, channels).map((value) => Math.max(0, value));
  const first = rectified(1, ops.conv2dTranspose(z, weight(1), map(7, wide), 7, latent, 1, 'valid'), wide);
  const second = rectified(2, ops.conv2dTranspose(first, weight(2), map(14, narrow), 4, wide, 2, 'same'), narrow);
  return ops.conv2dTranspose(second, weight(3), map(28, 1), 4, narrow, 2, 'same').map(Math.tanh);
}

/** Logits [n]. */
function discriminate(weights: Weights, images: Numbers): Numbers {
  const [narrow, wide] = [features, 2 * features];
  const leaky = (x: Numbers): Numbers => x.map((value) => (value > 0 ? value : 0.2 * value));
  const weight = (layer: number | 'last'): Numbers => weights[`discriminator.${layer}.weight`]!;
  const first = leaky(ops.conv2d(images, weight(1), { n, h: 28, w: 28, c: 1 }, 4, narrow, 2, 'same'));
  const second = ops.conv2d(first, weight(2), { n, h: 14, w: 14, c: narrow }, 4, wide, 2, 'same');
  const normalised = leaky(batchNorm(weights, 'discriminator.2.norm', second, wide));
  return ops.conv2d(normalised, weight('last'), { n, h: 7, w: 7, c: wide }, 7, 1, 1, 'valid');
}

/** `images`: the real ones of the first step, in [-1, 1]. */
export function referenceGanFindings(
  generator: Weights,
  discriminator: Weights,
  images: Numbers,
): Record<string, number[]> {
  const stream = randomStream(generatorSeed, 'z', 1);
  const z = Float64Array.from({ length: n * latent }, () => Math.fround(stream.normal()));
  const fake = generate(generator, z);
  const lossD = (weights: Weights): number =>
    ops.sigmoidCrossEntropy(discriminate(weights, images), 1)[0]! +
    ops.sigmoidCrossEntropy(discriminate(weights, fake), 0)[0]!;
  const ofDiscriminator = gradientsOf(lossD, discriminator);
  const updated = Object.fromEntries(
    Object.entries(discriminator).map(([name, values]) => [name, firstAdamStep(values, ofDiscriminator[name])]),
  );
  const lossG = (weights: Weights): number =>
    ops.sigmoidCrossEntropy(discriminate(updated, generate(weights, z)), 1)[0]!;
  const findings: Record<string, number[]> = {};
  for (const [parameter, values] of Object.entries(generator)) {
    if (isFixed(parameter)) continue;
    const name = gradientName('dcgan', parameter);
    const moved = (signs: Float32Array, by: number): Numbers => values.map((value, at) => value + by * signs[at]!);
    findings[name] = project(values.length, name, (signs) =>
      slope((by) => lossG({ ...generator, [parameter]: moved(signs, by) })),
    );
  }
  for (const [parameter, gradient] of Object.entries(ofDiscriminator)) {
    const name = gradientName('dcgan', parameter);
    findings[name] = project(gradient.length, name, (signs) =>
      gradient.reduce((sum, value, at) => sum + value * signs[at]!, 0),
    );
  }
  const belief = (of: Numbers): number =>
    discriminate(discriminator, of).reduce((sum, logit) => sum + 1 / (1 + Math.exp(-logit)), 0) / n;
  return {
    ...findings,
    'dcgan, losses and beliefs': [lossD(discriminator), lossG(generator), belief(images), belief(fake)],
  };
}

/** Adam's first step: moments and their corrections cancel but for epsilon. */
function firstAdamStep(values: Numbers, gradient: Numbers | undefined): Numbers {
  if (!gradient) return values;
  return values.map((value, at) => value - (stepSize * gradient[at]!) / (Math.abs(gradient[at]!) + 1e-8));
}
