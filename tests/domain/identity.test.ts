import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson, imageHash, runKey, stimulusSetHash } from '../../main/domain/plans/identity.ts';

const set = {
  width: 2,
  height: 1,
  channels: 1 as const,
  images: [
    { id: 0, pairI: 0, pairJ: 1, alpha: 0 },
    { id: 5, pairI: 0, pairJ: 1, alpha: 1 },
  ],
  pixels: Uint8Array.of(0, 1, 254, 255),
};

describe('the name of a stimulus set', () => {
  it('is the SHA-256 of a line of text and the pixels, so that other tools can compute it', () => {
    const expected = createHash('sha256')
      .update('boundary-workbench/stimulus-set/1 2 1 2\n\x00\x01')
      .update(set.pixels.subarray(2));
    expect(stimulusSetHash(set)).toBe(expected.digest('hex'));
  });

  it('has the number of channels in the line of a set in color', () => {
    const expected = createHash('sha256').update('boundary-workbench/stimulus-set/2 1 2 3 2\n');
    const pixels = Uint8Array.from({ length: 12 }, (_, k) => 20 * k);
    expect(stimulusSetHash({ ...set, width: 1, height: 2, channels: 3, pixels })).toBe(
      expected.update(pixels).digest('hex'),
    );
    expect(() => stimulusSetHash({ ...set, channels: 3 })).toThrow(RangeError);
  });

  it('changes with a pixel, and with the shape, and not with what is said about the images', () => {
    const { pixels, images } = set;
    expect(stimulusSetHash({ ...set, pixels: Uint8Array.of(0, 1, 254, 254) })).not.toBe(stimulusSetHash(set));
    expect(stimulusSetHash({ width: 1, height: 2, channels: 1, images, pixels })).not.toBe(stimulusSetHash(set));
    expect(stimulusSetHash({ ...set, images: images.map((image) => ({ ...image, alpha: 0.5 })) })).toBe(
      stimulusSetHash(set),
    );
  });

  it('refuses a wrong number of pixels', () => {
    expect(() => stimulusSetHash({ ...set, pixels: new Uint8Array(3) })).toThrow(RangeError);
  });
});

it('the hash of an image is that of its bytes', () => {
  expect(imageHash(new Uint8Array(0))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

describe('canonical JSON', () => {
  it('has one spelling: keys sorted, nothing undefined, no white space', () => {
    const value = { b: [1, null, true, 'x"y'], a: { d: -0, c: 1e21 }, e: undefined, B: false, aa: {} };
    expect(canonicalJson(value)).toBe('{"B":false,"a":{"c":1e+21,"d":0},"aa":{},"b":[1,null,true,"x\\"y"]}');
    const keys = Object.fromEntries([...'qazwsxedcrfvtgb'].map((key) => [key, 0]));
    expect(canonicalJson(keys)).toBe(`{${[...'abcdefgqrstvwxz'].map((key) => `"${key}":0`).join(',')}}`);
    expect([null, 'a', true, 3, []].map(canonicalJson)).toEqual(['null', '"a"', 'true', '3', '[]']);
  });

  it.each([Number.NaN, Infinity, undefined, 1n, [undefined], { a: () => 1 }])('refuses %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

it('a run has another name with another task or engine, and the same wherever its data lie', () => {
  const task = { kind: 'predictions', snapshot: 'a'.repeat(64), stimuli: 'b'.repeat(64) } as const;
  const keys = [runKey(task, null), runKey(task, 'wasm'), runKey({ ...task, stimuli: 'c'.repeat(64) }, null)];
  expect(new Set(keys).size).toBe(3);
  const moved = { ...task, dataSet: { folder: '/elsewhere' } };
  expect(runKey(moved, null)).toBe(keys[0]);
});
