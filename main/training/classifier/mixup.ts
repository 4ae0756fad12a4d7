import type { RandomStream } from '../../domain/random.ts';
import type { TensorMap, Tfjs } from '../engines/engine.ts';

/** Mixup of one batch (Zhang et al. 2018): image k becomes `share` of itself and the rest of image `partner[k]` of the batch. */
export interface Mix {
  share: number;
  partner: Uint32Array;
}

/** What mixup needs of a training batch. */
interface MixedBatch {
  labels: Int32Array;
  mix?: Mix;
}

/** Draws the share from Beta(alpha, alpha), and the partners as a permutation of n images. */
export function drawMix(alpha: number, n: number, stream: RandomStream): Mix {
  const [own, other] = [logGamma(alpha, stream), logGamma(alpha, stream)];
  const share = 1 / (1 + Math.exp(other - own));
  return { share, partner: stream.shuffle(Uint32Array.from({ length: n }, (_, k) => k)) };
}

/**
 * The logarithm of a number drawn from Gamma(shape, 1) (Marsaglia & Tsang 2000). Below a shape of 1 it is that of shape + 1
 * times U^(1 / shape), which may be too small for a number itself.
 */
function logGamma(shape: number, stream: RandomStream): number {
  if (shape < 1) return logGamma(shape + 1, stream) + Math.log(1 - stream.float()) / shape;
  const d = shape - 1 / 3;
  for (;;) {
    const x = stream.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - stream.float()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}

/**
 * Values of `mixupForms` for batches of n images, one after another; none without mixup. The caller disposes of them.
 * Targets are share times the label's class and the rest times the partner's; without a batch they are zeros.
 */
export function mixupFeed(
  tf: Tfjs,
  batches: readonly (MixedBatch | undefined)[],
  n: number,
  classes: number,
): TensorMap {
  if (!batches.some((batch) => batch?.mix)) return {};
  const all = batches.length * n;
  const [partner, share] = [new Int32Array(all), new Float32Array(all)];
  const targets = new Float32Array(all * classes);
  batches.forEach((batch, slot) => {
    if (!batch?.mix) return;
    for (let k = 0; k < n; k++) {
      const [row, other] = [slot * n + k, batch.mix.partner[k]!];
      partner[row] = slot * n + other;
      share[row] = batch.mix.share;
      targets[row * classes + batch.labels[k]!]! += batch.mix.share;
      targets[row * classes + batch.labels[other]!]! += 1 - batch.mix.share;
    }
  });
  return {
    partner: tf.tensor1d(partner, 'int32'),
    share: tf.tensor2d(share, [all, 1]),
    targets: tf.tensor2d(targets, [all, classes]),
  };
}

/** The class that each image has most of. */
export function mainLabels({ labels, mix }: MixedBatch): Int32Array {
  return mix && mix.share < 0.5 ? Int32Array.from(mix.partner, (other) => labels[other]!) : labels;
}
