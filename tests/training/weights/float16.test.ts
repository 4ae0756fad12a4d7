import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeGeneratorWeights,
  encodeCompactGeneratorWeights,
  encodeGeneratorWeights,
  toFloat16,
} from '../../../main/training/weights/weights.ts';

const bits = (value: number): number => new DataView(toFloat16([value], 'x').buffer).getUint16(0, true);

/** A value of binary16 by its definition (IEEE 754-2019, 3.4): sign, 5 bits of exponent, 10 of fraction. */
function binary16(pattern: number): number {
  const [sign, exponent, fraction] = [pattern >> 15 ? -1 : 1, (pattern >> 10) & 31, pattern & 1023];
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** All finite values that are not negative, ascending: the patterns count them. */
const finite = Array.from({ length: 0x7c00 }, (_, pattern) => binary16(pattern));

test.each([
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [1 / 3, 0x3555],
  [65504, 0x7bff],
  [65519.99, 0x7bff],
  [2 ** -14, 0x0400],
  [2 ** -14 - 2 ** -24, 0x03ff],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  [2 ** -25 * 1.0000001, 0x0001],
  [3 * 2 ** -25, 0x0002],
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  [2049, 0x6800],
  [2051, 0x6802],
])('%d is %i', (value, pattern) => {
  expect(bits(value)).toBe(pattern);
});

test('every value of float16 comes back as it was', () => {
  const both = Float32Array.from([...finite, ...finite.map((value) => -value)]);
  expect(Float32Array.from(toFloat16(both, 'x'))).toEqual(both);
});

test('a value becomes the nearest one, and the even one in the middle', () => {
  const between = fc.tuple(fc.nat(finite.length - 2), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean());
  fc.assert(
    fc.property(between, ([pattern, share, negative]) => {
      const [low, high] = [finite[pattern] ?? 0, finite[pattern + 1] ?? 0];
      const value = low + share * (high - low);
      const middle = (low + high) / 2;
      const expected = value === middle ? pattern + (pattern & 1) : value < middle ? pattern : pattern + 1;
      expect(bits(negative ? -value : value)).toBe(expected + (negative ? 0x8000 : 0));
    }),
    { numRuns: 2000, examples: [[[0, 0.5, false]], [[1, 0.5, true]], [[0x3ff, 0.5, false]], [[0x400, 0.5, false]]] },
  );
});

test.each([65520, -65520, 1e30, Infinity, Number.NaN])('%d is refused, with its place', (value) => {
  expect(() => toFloat16([1, value], 'generator.1.weight')).toThrow(
    expect.objectContaining({ code: 'float16.out-of-range', where: 'generator.1.weight, value 2' }),
  );
});

test('compact weights take half the bytes, and are read as float32', () => {
  const values = Float32Array.from({ length: 4096 }, (_, k) => Math.sin(k) * 2 ** ((k % 30) - 20));
  const weights = {
    meta: { kind: 'dcgan28' as const, latent: 8, features: 4 },
    parameters: { w: { shape: [64, 64], values }, b: { shape: [2], values: Float32Array.of(0.5, -0) } },
  };
  const [full, compact] = [encodeGeneratorWeights(weights), encodeCompactGeneratorWeights(weights)];
  expect(compact.length).toBeLessThan(0.52 * full.length);
  expect(encodeCompactGeneratorWeights(weights).equals(compact)).toBe(true);
  const { meta, parameters } = decodeGeneratorWeights(compact, 'here');
  expect(meta).toEqual(weights.meta);
  expect(parameters.b).toEqual(weights.parameters.b);
  parameters.w?.values.forEach((value, k) => {
    const exact = values[k] ?? 0;
    expect(Math.abs(value - exact)).toBeLessThanOrEqual(Math.max(2 ** -11 * Math.abs(exact), 2 ** -25));
  });
  expect(encodeCompactGeneratorWeights({ meta, parameters }).equals(compact), 'rounding twice changes nothing').toBe(
    true,
  );
});
