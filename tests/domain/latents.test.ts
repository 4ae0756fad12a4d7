import fc from 'fast-check';
import { expect, test } from 'vitest';
import { interpolate, norm } from '../../main/domain/stimuli/interpolation.ts';
import { drawLatents, latentDirections, latentPoint } from '../../main/domain/anchors/latents.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0);

test('a sample is the same alone and among others', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 2, max: 40 }), (seed, latent) => {
      const all = drawLatents(seed, 4, { z: latent, classes: 0 });
      for (const k of [0, 3]) {
        expect(latentPoint(seed, k, { z: latent, classes: 0 })).toEqual(all.slice(k * latent, (k + 1) * latent));
      }
    }),
    { numRuns: 50 },
  );
});

test('directions have length 1, are at right angles, and are decided by the seed', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 2, max: 200 }), (seed, latent) => {
      const [first, second] = latentDirections(seed, { z: latent, classes: 0 });
      expect(norm(first)).toBeCloseTo(1, 5);
      expect(norm(second)).toBeCloseTo(1, 5);
      expect(Math.abs(dot(first, second))).toBeLessThan(1e-5);
      expect(latentDirections(seed, { z: latent, classes: 0 })).toEqual([first, second]);
    }),
    { numRuns: 50 },
  );
});

test('along alpha, spherical interpolation has the norm between the ends, linear never more', () => {
  fc.assert(
    fc.property(seeds, fc.double({ min: 0, max: 1, noNaN: true }), (seed, alpha) => {
      const [from, to] = [latentPoint(seed, 0, { z: 100, classes: 0 }), latentPoint(seed, 1, { z: 100, classes: 0 })];
      const between = (1 - alpha) * norm(from) + alpha * norm(to);
      expect(norm(interpolate(from, to, alpha, 'spherical'))).toBeCloseTo(between, 3);
      expect(norm(interpolate(from, to, alpha, 'linear'))).toBeLessThanOrEqual(between + 1e-4);
    }),
    { numRuns: 100 },
  );
});
