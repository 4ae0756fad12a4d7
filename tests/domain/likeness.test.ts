import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceToReal } from '../../main/domain/likeness.ts';
import { randomStream } from '../../main/domain/random.ts';

const stack = (seed: number, count: number, area: number) => {
  const random = randomStream(seed, 'images', count);
  return { area, pixels: Uint8Array.from({ length: count * area }, () => random.int(256)) };
};
const row = ({ pixels, area }: { pixels: Uint8Array; area: number }, index: number): Uint8Array =>
  pixels.subarray(index * area, (index + 1) * area);

test('is the mean distance to the five nearest real images, whatever is passed over on the way', () => {
  const sizes = fc.record({
    seed: fc.nat(),
    area: fc.integer({ min: 1, max: 100 }),
    count: fc.integer({ min: 1, max: 30 }),
  });
  fc.assert(
    fc.property(sizes, ({ seed, area, count }) => {
      const [images, real] = [stack(seed, 2, area), stack(seed, count, area)];
      const image = row(images, 1);
      const all = Array.from({ length: count }, (_, index) =>
        Math.hypot(...Array.from(row(real, index), (value, k) => value - (image[k] ?? 0))),
      );
      const nearest = all.sort((a, b) => a - b).slice(0, 5);
      const expected = nearest.reduce((sum, value) => sum + value, 0) / nearest.length;
      expect(distanceToReal(images, 1, real)).toBeCloseTo(expected, 8);
    }),
  );
});

test('is 0 for an image that is among the real ones five times, and infinite where there are none', () => {
  const images = stack(1, 1, 49);
  const real = { area: 49, pixels: Uint8Array.from({ length: 5 * 49 }, (_, k) => images.pixels[k % 49] ?? 0) };
  expect(distanceToReal(images, 0, real)).toBe(0);
  expect(distanceToReal(images, 0, { area: 49, pixels: new Uint8Array(0) })).toBe(Infinity);
});
