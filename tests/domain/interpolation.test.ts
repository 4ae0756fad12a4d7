import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alphas, interpolate, stimulusLatents } from '../../main/domain/stimuli/interpolation.ts';
import { distinctAlphas, layOutStimuli, pixelsAt, sameAlpha } from '../../main/domain/stimuli/stimulus-set.ts';

const norm = (z: Float32Array): number => Math.hypot(...z);
const point = fc
  .array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 5, maxLength: 5 })
  .map((values) => Float32Array.from(values));
const alpha = fc.double({ min: 0, max: 1, noNaN: true });
const kind = fc.constantFrom('linear' as const, 'spherical' as const);
const close = (a: Float32Array, b: Float32Array, tolerance = 1e-4): boolean =>
  a.every((value, k) => Math.abs(value - (b[k] ?? Number.NaN)) <= tolerance);

describe('alphas', () => {
  it('are equally spaced, ends included, as the paper prints them', () => {
    expect(alphas(11)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(alphas(2)).toEqual([0, 1]);
    expect(() => alphas(1)).toThrow(RangeError);
  });
});

describe('interpolate', () => {
  it('gives exactly the anchors at the ends', () => {
    fc.assert(
      fc.property(point, point, kind, (a, b, how) => {
        expect(interpolate(a, b, 0, how)).toEqual(a);
        expect(interpolate(a, b, 1, how)).toEqual(b);
      }),
    );
  });

  it('is the same from both ends', () => {
    fc.assert(
      fc.property(point, point, alpha, kind, (a, b, t, how) => {
        expect(close(interpolate(a, b, t, how), interpolate(b, a, 1 - t, how))).toBe(true);
      }),
    );
  });

  it('is finite, and no longer than the longer anchor', () => {
    fc.assert(
      fc.property(point, point, alpha, kind, (a, b, t, how) => {
        expect(norm(interpolate(a, b, t, how))).toBeLessThanOrEqual(Math.max(norm(a), norm(b)) * (1 + 1e-6) + 1e-30);
      }),
    );
  });

  it('linear is (1 - alpha) z_i + alpha z_j', () => {
    expect([...interpolate(Float32Array.of(0, 4), Float32Array.of(8, 0), 0.25, 'linear')]).toEqual([2, 3]);
  });

  it('spherical keeps the length of equally long anchors and turns at a constant rate', () => {
    const [a, b] = [Float32Array.of(2, 0, 0), Float32Array.of(0, 2, 0)];
    const third = interpolate(a, b, 1 / 3, 'spherical');
    expect(close(third, Float32Array.of(2 * Math.cos(Math.PI / 6), 2 * Math.sin(Math.PI / 6), 0), 1e-6)).toBe(true);
    fc.assert(
      fc.property(point, alpha, (z, t) => {
        fc.pre(norm(z) > 0.01);
        const turned = Float32Array.from(z, (_, k) => z[(k + 1) % z.length] as number);
        expect(norm(interpolate(z, turned, t, 'spherical'))).toBeCloseTo(norm(z), 3);
      }),
    );
  });

  it('spherical between (nearly) parallel anchors is the straight line', () => {
    const a = Float32Array.of(1, 2, 3);
    expect(close(interpolate(a, a, 0.3, 'spherical'), a, 1e-6)).toBe(true);
    expect(close(interpolate(a, Float32Array.of(2, 4, 6), 0.5, 'spherical'), Float32Array.of(1.5, 3, 4.5))).toBe(true);
  });

  it('spherical between opposite anchors takes a half circle, with the length between theirs', () => {
    fc.assert(
      fc.property(point, alpha, fc.double({ min: 0.5, max: 2, noNaN: true }), (a, t, factor) => {
        fc.pre(norm(a) > 0.01);
        const b = a.map((value) => -factor * value);
        const expected = (1 - t) * norm(a) + t * norm(b);
        expect(Math.abs(norm(interpolate(a, b, t, 'spherical')) - expected)).toBeLessThan(1e-4 * expected);
      }),
    );
  });

  it('spherical from an anchor of length 0 is linear', () => {
    expect([...interpolate(Float32Array.of(0, 0), Float32Array.of(2, 4), 0.5, 'spherical')]).toEqual([1, 2]);
  });

  it('spherical keeps its rate at angles above 60 and 90 degrees, and near the ends of what is defined', () => {
    for (const degrees of [1, 65, 89, 91, 120, 179]) {
      const angle = (degrees / 180) * Math.PI;
      const z = interpolate(
        Float32Array.of(1, 0),
        Float32Array.of(Math.cos(angle), Math.sin(angle)),
        0.25,
        'spherical',
      );
      expect(Math.atan2(z[1] ?? 0, z[0] ?? 0), `${degrees}`).toBeCloseTo(angle / 4, 5);
    }
  });

  it('spherical changes the length linearly', () => {
    const z = interpolate(Float32Array.of(2, 0), Float32Array.of(0, 6), 0.25, 'spherical');
    expect(norm(z)).toBeCloseTo(3, 5);
    expect(z[1]).toBeCloseTo(3 * Math.sin(Math.PI / 8), 5);
  });

  it('refuses anchors of different lengths', () => {
    expect(() => interpolate(new Float32Array(2), new Float32Array(3), 0.5, 'linear')).toThrow(RangeError);
  });
});

describe('a design laid out', () => {
  it('goes pair by pair, alpha by alpha, with ids from 0; latents are in the same order', () => {
    const images = layOutStimuli(
      [
        [0, 2],
        [1, 2],
      ],
      alphas(3),
    );
    expect(images.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(images[4]).toEqual({ id: 4, pairI: 1, pairJ: 2, alpha: 0.5 });
    const anchors = [Float32Array.of(0, 0), Float32Array.of(1, 1), Float32Array.of(2, 4)];
    expect([...stimulusLatents(images, anchors, 'linear')]).toEqual([0, 0, 1, 2, 2, 4, 1, 1, 1.5, 2.5, 2, 4]);
    expect(() => stimulusLatents(images, anchors.slice(0, 2), 'linear')).toThrow(RangeError);
  });

  it('finds the pixels of an image', () => {
    const set = { width: 2, height: 1, channels: 1 as const, pixels: Uint8Array.of(1, 2, 3, 4) };
    expect([...pixelsAt(set, 1)]).toEqual([3, 4]);
    expect([
      ...pixelsAt({ width: 2, height: 2, channels: 1, pixels: Uint8Array.from({ length: 12 }, (_, k) => k) }, 1),
    ]).toEqual([4, 5, 6, 7]);
    expect([...pixelsAt({ width: 1, height: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) }, 1)]).toEqual([
      4, 5, 6,
    ]);
  });
});

describe('sameAlpha', () => {
  it.each([
    [0.1 + 0.2, 0.3],
    [1 / 3, 0.333333],
    [0.5, 0.5000001],
    [1, 0.9999999],
  ])('takes %d and %d, which differ by rounding, as the same place', (a, b) => {
    expect(sameAlpha(a, b)).toBe(true);
    expect(sameAlpha(b, a)).toBe(true);
  });

  it('keeps the alphas of the finest design apart', () => {
    const finest = alphas(1001);
    expect(finest.every((alpha, k) => k === 0 || !sameAlpha(alpha, finest[k - 1] ?? 0))).toBe(true);
    expect(sameAlpha(0.5, Number.NaN)).toBe(false);
  });
});

it('alphas are counted once where they are the same place, in order; images without one do not count', () => {
  const images = [0.5, null, 0, 1, 0.1 + 0.2, 0.3, 0.5000001, 0].map((alpha) => ({ alpha }));
  expect(distinctAlphas(images)).toEqual([0, 0.3, 0.5, 1]);
  expect(distinctAlphas([{ alpha: 1 }])).toEqual([1]);
  expect(distinctAlphas([])).toEqual([]);
  expect(stimulusLatents([], [], 'linear')).toHaveLength(0);
  expect(sameAlpha(0, 1e-6)).toBe(true);
  expect(sameAlpha(0, 1.5e-6)).toBe(false);
});
