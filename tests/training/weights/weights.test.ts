import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import { decodeTensorFile, encodeTensorFile } from '../../../main/training/weights/tensor-file.ts';
import {
  type ClassifierMeta,
  decodeClassifierWeights,
  decodeGeneratorWeights,
  encodeClassifierWeights,
  encodeGeneratorWeights,
} from '../../../main/training/weights/weights.ts';

const meta: ClassifierMeta = {
  architecture: { kind: 'mlp', hidden: [2] },
  form: { height: 1, width: 3, channels: 1 as const, mean: [0.1307], std: [0.3081] },
  classes: ['zero', 'eins', 'zwölf'],
};
const parameters = {
  'dense1.weight': { shape: [3, 2], values: Float32Array.of(1, -2, 3.5, 0, 1e-40, Number.MAX_VALUE) },
  'dense1.bias': { shape: [2], values: Float32Array.of(0.1, -0) },
};
const weights = encodeClassifierWeights({ meta, parameters });

const decode = (bytes: Uint8Array) => decodeClassifierWeights(bytes, 'here');
const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
  return 'none';
};

/** A file with any header, to see what a hostile one does. */
function withHeader(header: string, data = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(header));
  return Buffer.concat([Buffer.from('BWTENSOR'), length, Buffer.from(header), data]);
}

describe('weights', () => {
  test('come back as they were, and equal ones have equal bytes', () => {
    expect(decode(weights)).toEqual({ meta, parameters });
    expect(Object.keys(decode(weights).parameters)).toEqual(Object.keys(parameters));
    expect(encodeClassifierWeights(decode(weights)).equals(weights)).toBe(true);
    const generator = { meta: { kind: 'dcgan28' as const, latent: 100, features: 64 }, parameters };
    expect(decodeGeneratorWeights(encodeGeneratorWeights(generator), 'here')).toEqual(generator);
  });

  test('of gray images have the bytes of earlier versions; of color images they have a mean and deviation a channel', () => {
    expect(createHash('sha256').update(weights).digest('hex')).toBe(
      '90e009e0cd2e8ecd8c56cc728f3100eff506482d82be9432ad94fb44c18d8170',
    );
    const form = { height: 1, width: 3, channels: 3 as const, mean: [0.1, 0.2, 0.3], std: [0.3, 0.2, 0.1] };
    const color = { meta: { ...meta, form }, parameters };
    expect(decode(encodeClassifierWeights(color))).toEqual(color);
    for (const wrong of [{ mean: [0.1] }, { std: [0.1, 0.2] }, { std: [0.1, 0, 0.2] }, { channels: 1 as const }]) {
      const bytes = encodeClassifierWeights({ meta: { ...meta, form: { ...form, ...wrong } }, parameters });
      expect(codeOf(() => decode(bytes))).toBe('weights.damaged');
    }
  });

  test('are read at any offset in memory', () => {
    const shifted = new Uint8Array(weights.length + 1);
    shifted.set(weights, 1);
    expect(decode(shifted.subarray(1))).toEqual({ meta, parameters });
  });

  test('have the layout that docs/training.md describes', () => {
    expect(weights.subarray(0, 8).toString()).toBe('BWTENSOR');
    const dataStart = 12 + weights.readUInt32LE(8);
    const header = JSON.parse(weights.toString('utf8', 12, dataStart));
    expect(header.kind).toBe('classifier-weights/1');
    expect(header.arrays[1]).toEqual({ name: 'dense1.bias', shape: [2], type: 'float32' });
    expect(weights.readFloatLE(dataStart + 8)).toBe(3.5);
  });

  test('truncated anywhere, or with extra bytes, are refused', () => {
    for (let length = 0; length < weights.length; length++) {
      expect(codeOf(() => decode(weights.subarray(0, length)))).toBe('tensor-file.damaged');
    }
    expect(codeOf(() => decode(Buffer.concat([weights, Buffer.alloc(1)])))).toBe('tensor-file.damaged');
  });

  test('of another kind are refused', () => {
    expect(codeOf(() => decodeGeneratorWeights(weights, 'here'))).toBe('tensor-file.wrong-kind');
  });

  test.each([
    ['not JSON', 'nonsense'],
    ['no object', '3'],
    ['an unknown key', '{"kind":"classifier-weights/1","meta":{},"arrays":[],"more":1}'],
    ['an unknown type', '{"kind":"classifier-weights/1","meta":{},"arrays":[{"name":"a","type":"int8","shape":[]}]}'],
    [
      'a negative size',
      '{"kind":"classifier-weights/1","meta":{},"arrays":[{"name":"a","type":"uint8","shape":[-1]}]}',
    ],
    [
      'a size beyond all memory',
      '{"kind":"classifier-weights/1","meta":{},"arrays":[{"name":"a","type":"float32","shape":[2147483647,2147483647,2147483647]}]}',
    ],
  ])('with a header that has %s are refused', (_, header) => {
    expect(codeOf(() => decode(withHeader(header)))).toBe('tensor-file.damaged');
  });

  test('that say nothing sensible about themselves are refused', () => {
    expect(codeOf(() => decode(withHeader('{"kind":"classifier-weights/1","meta":{},"arrays":[]}')))).toBe(
      'weights.damaged',
    );
    const length = Buffer.from('BWTENSOR\xff\xff\xff\xff', 'latin1');
    expect(codeOf(() => decode(length))).toBe('tensor-file.damaged');
  });

  test('with any bytes changed are read or refused, never a crash', () => {
    const change = fc.tuple(fc.nat(weights.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(weights);
        for (const [position, value] of changes) bytes[position] = value;
        expect(['none', 'tensor-file.damaged', 'tensor-file.wrong-kind', 'weights.damaged']).toContain(
          codeOf(() => decode(bytes)),
        );
      }),
      { numRuns: 500 },
    );
  });
});

test('a tensor file keeps arrays of both types, empty ones too', () => {
  const arrays = [
    { name: 'pixels', shape: [3], data: Uint8Array.of(1, 2, 3) },
    { name: 'none', shape: [0, 4], data: new Float32Array(0) },
    { name: 'one', shape: [], data: Float32Array.of(7) },
  ];
  const bytes = encodeTensorFile({ kind: 'test', meta: { a: null }, arrays });
  expect(decodeTensorFile(bytes, 'test', 'here')).toEqual({ kind: 'test', meta: { a: null }, arrays });
  expect(() =>
    encodeTensorFile({ kind: 'test', meta: null, arrays: [{ name: 'x', shape: [2], data: Uint8Array.of(1) }] }),
  ).toThrow(RangeError);
});
