import { at } from './arrays.ts';
import { norm } from './interpolation.ts';
import { randomStream } from './random.ts';

/** One standard normal latent point, float32 [latent]: sample number `sample` of those that `seed` draws. */
export function latentPoint(seed: number, sample: number, latent: number): Float32Array {
  const random = randomStream(seed, 'latent', sample);
  return new Float32Array(latent).map(() => random.normal());
}

/** Standard normal latent points, float32 [samples, latent]; the k-th depends on (seed, k) alone. */
export function drawLatents(seed: number, samples: number, latent: number): Float32Array {
  const points = new Float32Array(samples * latent);
  for (let k = 0; k < samples; k++) points.set(latentPoint(seed, k, latent), k * latent);
  return points;
}

/**
 * Two directions of length 1 at right angles, float32 [latent] each, in which a person moves a latent point: random
 * ones, decided by the seed. `latent` is 2 or more.
 */
export function latentDirections(seed: number, latent: number): readonly [Float32Array, Float32Array] {
  const draw = (name: string): Float64Array => {
    const random = randomStream(seed, 'direction', name);
    return new Float64Array(latent).map(() => random.normal());
  };
  const first = unit(draw('first'));
  const other = draw('second');
  const along = other.reduce((sum, value, k) => sum + value * at(first, k), 0);
  const second = unit(other.map((value, k) => value - along * at(first, k)));
  return [Float32Array.from(first), Float32Array.from(second)];
}

const unit = (values: Float64Array): Float64Array => {
  const length = norm(values);
  return values.map((value) => value / length);
};
