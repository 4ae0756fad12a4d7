import { entropyBits } from './entropy.ts';
import { byName } from './spread.ts';

/** Distances between people's labels and networks' softmax of an image (metrics.md 5). */
export const distanceNames = [
  'js_bits',
  'kl_human_model_bits',
  'kl_model_human_bits',
  'tv',
  'brier_soft',
  'soft_xent_nats',
] as const;
export type DistanceName = (typeof distanceNames)[number];

/** Added to each of the networks' probabilities before taking logarithms, so that KL is finite. */
const smoothing = 1e-6;

/** A cross-entropy replaces smaller probabilities by this. */
export const smallestProbability = 1e-12;

/**
 * All distances of one image; q = c / n from people, p the mean softmax.
 * - js_bits = H((q + p) / 2) - (H(q) + H(p)) / 2, 0..1: the divergence, not its square root (Lin 1991).
 * - kl_human_model_bits = KL(q | p'), p' = (p + 1e-6) / (1 + K 1e-6).
 * - kl_model_human_bits = KL(p | q'), q'_k = (c_k + 1/2) / (n + K/2) (Jeffreys).
 * - tv = 1/2 sum |q - p|, 0..1; brier_soft = sum (q - p)^2, 0..2 (Brier 1950).
 * - soft_xent_nats = -sum q_k ln max(p_k, 1e-12).
 * With n labels, q itself is noisy: even a perfect network has an expected js_bits above 0.
 * @returns null for an image without labels.
 */
export function distances(counts: ArrayLike<number>, p: ArrayLike<number>): Record<DistanceName, number> | null {
  const k = counts.length;
  let n = 0;
  for (let at = 0; at < k; at++) n += counts[at]!;
  if (n === 0) return null;
  const q = Float64Array.from(counts, (count) => count / n);
  const middle = q.map((value, at) => (value + p[at]!) / 2);
  const found = byName(distanceNames, () => 0);
  found.js_bits = Math.max(0, entropyBits(middle) - (entropyBits(q) + entropyBits(p)) / 2);
  for (let at = 0; at < k; at++) {
    const [human, model] = [q[at]!, p[at]!];
    const smoothModel = (model + smoothing) / (1 + k * smoothing);
    const smoothHuman = (counts[at]! + 0.5) / (n + k / 2);
    if (human > 0) {
      found.kl_human_model_bits += human * Math.log2(human / smoothModel);
      found.soft_xent_nats -= human * Math.log(Math.max(model, smallestProbability));
    }
    if (model > 0) found.kl_model_human_bits += model * Math.log2(model / smoothHuman);
    found.tv += Math.abs(human - model) / 2;
    found.brier_soft += (human - model) ** 2;
  }
  return found;
}
