import type { RandomStream } from '../../domain/random/random.ts';
import type { TensorMap, Tfjs } from '../engines/engine.ts';

/** Mixup of one batch (Zhang et al. 2018): image k becomes `share` of itself and the rest of image `partner[k]` of the batch. */
export interface Mix {
  share: number;
  partner: Uint32Array;
}

/** What decides the targets of a training batch. */
interface LabeledBatch {
  labels: Int32Array;
  /** float32 [n, classes]: distributions in place of labels. */
  targets?: Float32Array;
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
 * Values of `targetForms` for batches of n images, one after another; none if all have labels alone. The caller disposes of
 * them. Mixed, an image's target is `share` times its own and the rest its partner's; without a batch targets are zeros.
 */
export function targetFeed(
  tf: Tfjs,
  batches: readonly (LabeledBatch | undefined)[],
  n: number,
  classes: number,
): TensorMap {
  const isMixed = batches.some((batch) => batch?.mix);
  if (!isMixed && !batches.some((batch) => batch?.targets)) return {};
  const all = batches.length * n;
  const targets = new Float32Array(all * classes);
  batches.forEach((batch, slot) => {
    if (batch) writeTargets(batch, classes, targets.subarray(slot * n * classes, (slot + 1) * n * classes));
  });
  const fed = { targets: tf.tensor2d(targets, [all, classes]) };
  return isMixed ? { ...fed, ...mixFeed(tf, batches, n) } : fed;
}

function mixFeed(tf: Tfjs, batches: readonly (LabeledBatch | undefined)[], n: number): TensorMap {
  const all = batches.length * n;
  const [partner, share] = [new Int32Array(all), new Float32Array(all)];
  batches.forEach((batch, slot) => {
    for (let k = 0; batch?.mix && k < n; k++) {
      partner[slot * n + k] = slot * n + batch.mix.partner[k]!;
      share[slot * n + k] = batch.mix.share;
    }
  });
  return { partner: tf.tensor1d(partner, 'int32'), share: tf.tensor2d(share, [all, 1]) };
}

/** @param into [n, classes], zeros */
function writeTargets({ labels, targets, mix }: LabeledBatch, classes: number, into: Float32Array): void {
  if (targets && !mix) return into.set(targets);
  const add = (row: number, image: number, share: number): void => {
    if (targets) for (let k = 0; k < classes; k++) into[row * classes + k]! += share * targets[image * classes + k]!;
    else into[row * classes + labels[image]!]! += share;
  };
  for (let row = 0; row < labels.length; row++) {
    add(row, row, mix?.share ?? 1);
    if (mix) add(row, mix.partner[row]!, 1 - mix.share);
  }
}

/** The class that each image has most of. */
export function mainLabels({ labels, mix }: LabeledBatch): Int32Array {
  return mix && mix.share < 0.5 ? Int32Array.from(mix.partner, (other) => labels[other]!) : labels;
}
