/** Images of one size: uint8 [count, pixels]. */
export interface ImageStack {
  pixels: Uint8Array;
  /** Pixels of one image. */
  area: number;
}

/** So many real images a generated one is compared with: one alone may be an oddity. */
const neighbours = 5;

/**
 * How far an image is from real ones: the mean Euclidean distance, in grey levels, to the five nearest of them (to all,
 * if there are fewer). Exact: a real image is passed over only once it is farther than the fifth nearest so far.
 * @param index of the image in `images`
 * @returns Infinity if there is no real image.
 */
export function distanceToReal(images: ImageStack, index: number, real: ImageStack): number {
  const { area } = images;
  const image = images.pixels.subarray(index * area, (index + 1) * area);
  const nearest = new Float64Array(Math.min(neighbours, real.pixels.length / area)).fill(Infinity);
  const last = nearest.length - 1;
  for (let start = 0; start < real.pixels.length; start += area) {
    const distance = squaredDistance(image, real.pixels, start, nearest[last] as number);
    if (distance < (nearest[last] as number)) {
      nearest[last] = distance;
      nearest.sort();
    }
  }
  return nearest.length === 0 ? Infinity : nearest.reduce((sum, value) => sum + Math.sqrt(value), 0) / nearest.length;
}

/** Squares are added up row by row or so, and no further than it takes to exceed `limit`. */
function squaredDistance(image: Uint8Array, others: Uint8Array, start: number, limit: number): number {
  const part = 32;
  let sum = 0;
  for (let from = 0; from < image.length && sum < limit; from += part) {
    const end = Math.min(image.length, from + part);
    for (let k = from; k < end; k++) sum += ((image[k] as number) - (others[start + k] as number)) ** 2;
  }
  return sum;
}
