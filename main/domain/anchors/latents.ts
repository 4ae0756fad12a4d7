import { at } from '../numbers/arrays.ts';
import { norm } from '../stimuli/interpolation.ts';
import { randomStream } from '../random/random.ts';

/**
 * What a generator makes images from. A latent point has `z` numbers, and for a conditional generator (`classes` above 0)
 * a weight for each class after them: 1 for the class asked for and 0 for the others. Interpolating two points thus
 * interpolates z and the class embedding together, as Brock et al. 2019 do between two classes.
 */
export interface LatentSpace {
  readonly z: number;
  readonly classes: number;
}

/** Numbers of a latent point. */
export const pointLength = ({ z, classes }: LatentSpace): number => z + classes;

/** The class that sample number `sample` of a conditional generator is asked for: they take turns. */
export const askedClass = (sample: number, classes: number): number => sample % classes;

/** `askedClass` of the first samples. */
export const askedClasses = (samples: number, classes: number): Uint16Array =>
  Uint16Array.from({ length: samples }, (_, sample) => askedClass(sample, classes));

/** One latent point, float32 [pointLength]: sample number `sample` of those that `seed` draws; z is standard normal. */
export function latentPoint(seed: number, sample: number, { z, classes }: LatentSpace): Float32Array {
  const random = randomStream(seed, 'latent', sample);
  const point = new Float32Array(z + classes);
  for (let k = 0; k < z; k++) point[k] = random.normal();
  if (classes > 0) point[z + askedClass(sample, classes)] = 1;
  return point;
}

/** Latent points, float32 [samples, pointLength]; the k-th depends on (seed, k) alone. */
export function drawLatents(seed: number, samples: number, space: LatentSpace): Float32Array {
  const length = pointLength(space);
  const points = new Float32Array(samples * length);
  for (let k = 0; k < samples; k++) points.set(latentPoint(seed, k, space), k * length);
  return points;
}

/**
 * Two directions of length 1 at right angles, float32 [pointLength] each, in which a person moves a latent point: random
 * ones, decided by the seed. They leave the weights of classes as they are. `z` is 2 or more.
 */
export function latentDirections(
  seed: number,
  { z: latent, classes }: LatentSpace,
): readonly [Float32Array, Float32Array] {
  const draw = (name: string): Float64Array => {
    const random = randomStream(seed, 'direction', name);
    return new Float64Array(latent).map(() => random.normal());
  };
  const first = unit(draw('first'));
  const other = draw('second');
  const along = other.reduce((sum, value, k) => sum + value * at(first, k), 0);
  const second = unit(other.map((value, k) => value - along * at(first, k)));
  const direction = (values: Float64Array): Float32Array => Float32Array.of(...values, ...new Float32Array(classes));
  return [direction(first), direction(second)];
}

const unit = (values: Float64Array): Float64Array => {
  const length = norm(values);
  return values.map((value) => value / length);
};
