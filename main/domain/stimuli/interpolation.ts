import { at } from '../numbers/arrays.ts';
import type { PlacedImage } from './stimulus-set.ts';

export type Interpolation = 'linear' | 'spherical';

/** Below this sine, two directions count as parallel (or opposite), and their plane as undefined. */
const parallel = 1e-6;

/** `count` equally spaced numbers from 0 to 1, ends included: alpha_k = k / (count - 1). */
export function alphas(count: number): number[] {
  if (!Number.isInteger(count) || count < 2) throw new RangeError('alphas: at least the two ends');
  return Array.from({ length: count }, (_, k) => k / (count - 1));
}

/**
 * The latent point at `alpha` between two anchors; at 0 and 1 exactly the anchors.
 *
 * `linear`: (1 - alpha) z_i + alpha z_j, as in the paper (Vlaar 2021, section 2).
 * `spherical`: the direction turns at a constant rate along the great circle (Shoemake 1985; White 2016,
 * arXiv 1609.04468) while the length changes linearly, which for anchors of equal length is the usual slerp and, unlike
 * it, stays bounded for anchors of different length that point opposite ways. Where the great circle is undefined, the
 * choice is fixed and the same from both ends: parallel anchors are interpolated linearly; opposite ones turn through
 * the coordinate axis that they point along least; with an anchor of length 0 the interpolation is linear.
 *
 * @param classes how many numbers at the end of a point are weights of classes (`LatentSpace`). They change linearly, so
 * that they always sum to 1: the class embedding at `alpha` lies on the line between the two embeddings, as between two
 * classes in Brock et al. 2019.
 */
export function interpolate(
  zi: Float32Array,
  zj: Float32Array,
  alpha: number,
  kind: Interpolation,
  classes = 0,
): Float32Array {
  if (zi.length !== zj.length) throw new RangeError('interpolate: the anchors have different lengths');
  if (alpha === 0) return zi.slice();
  if (alpha === 1) return zj.slice();
  if (classes > 0 && kind === 'spherical') {
    const end = zi.length - classes;
    const z = interpolate(zi.subarray(0, end), zj.subarray(0, end), alpha, kind);
    return Float32Array.of(...z, ...interpolate(zi.subarray(end), zj.subarray(end), alpha, 'linear'));
  }
  const [wi, wj, perpendicular] = kind === 'linear' ? linearWeights(alpha) : sphericalWeights(zi, zj, alpha);
  return zi.map((value, k) => wi * value + wj * at(zj, k) + (perpendicular ? at(perpendicular, k) : 0));
}

/**
 * The latent points of all stimuli, float32 [images, latent]. `anchors`: the z of each class by class index, one or a
 * list: an image with the id n has the n-th of it, one without an id the first. `classes`: see `interpolate`.
 */
export function stimulusLatents(
  images: readonly PlacedImage[],
  anchors: readonly (Float32Array | readonly Float32Array[])[],
  kind: Interpolation,
  classes = 0,
): Float32Array {
  const lists = anchors.map((each) => (each instanceof Float32Array ? [each] : each));
  const latent = lists.find((list) => list.length > 0)?.[0]?.length ?? 0;
  const points = new Float32Array(images.length * latent);
  images.forEach(({ pairI, pairJ, alpha, anchorI, anchorJ }, position) => {
    const [zi, zj] = [lists[pairI]?.[Number(anchorI ?? 1) - 1], lists[pairJ]?.[Number(anchorJ ?? 1) - 1]];
    if (!zi || !zj) throw new RangeError(`stimulusLatents: no anchor for the pair ${pairI}-${pairJ}`);
    points.set(interpolate(zi, zj, alpha, kind, classes), position * latent);
  });
  return points;
}

/** Weights of both anchors, and a vector to add, if the plane of turning is not theirs. */
type Weights = readonly [wi: number, wj: number, perpendicular?: Float64Array];

const linearWeights = (alpha: number): Weights => [1 - alpha, alpha];

function sphericalWeights(zi: Float32Array, zj: Float32Array, alpha: number): Weights {
  const [ni, nj] = [norm(zi), norm(zj)];
  if (ni === 0 || nj === 0) return linearWeights(alpha);
  const angle = angleBetween(zi, ni, zj, nj);
  const length = (1 - alpha) * ni + alpha * nj;
  const sine = Math.sin(angle);
  if (sine >= parallel) {
    return [(length * Math.sin((1 - alpha) * angle)) / (sine * ni), (length * Math.sin(alpha * angle)) / (sine * nj)];
  }
  if (angle < Math.PI / 2) return linearWeights(alpha);
  const turn = Math.PI * alpha;
  const side = perpendicularTo(zi, ni).map((value) => value * length * Math.sin(turn));
  return [(length * Math.cos(turn)) / ni, 0, side];
}

/** Accurate near 0 and pi, where the arc cosine is not (Kahan 2006): 2 atan2(|u - v|, |u + v|). */
function angleBetween(zi: Float32Array, ni: number, zj: Float32Array, nj: number): number {
  let [difference, sum] = [0, 0];
  zi.forEach((value, k) => {
    const [u, v] = [value / ni, at(zj, k) / nj];
    difference += (u - v) ** 2;
    sum += (u + v) ** 2;
  });
  return 2 * Math.atan2(Math.sqrt(difference), Math.sqrt(sum));
}

/** The unit vector perpendicular to z that lies nearest to the axis along which z is smallest: the same for z and -z. */
function perpendicularTo(z: Float32Array, length: number): Float64Array {
  let axis = 0;
  z.forEach((value, k) => {
    if (Math.abs(value) < Math.abs(at(z, axis))) axis = k;
  });
  const along = at(z, axis) / length;
  const side = Float64Array.from(z, (value, k) => (k === axis ? 1 : 0) - (along * value) / length);
  const sideLength = norm(side);
  return sideLength === 0 ? side : side.map((value) => value / sideLength);
}

/** Euclidean length. */
export const norm = (z: Float32Array | Float64Array): number => Math.hypot(...z);
