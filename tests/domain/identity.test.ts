import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { imageHash, stimulusSetHash } from '../../main/domain/identity.ts';

const set = {
  width: 2,
  height: 1,
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

  it('changes with a pixel, and with the shape, and not with what is said about the images', () => {
    const { pixels, images } = set;
    expect(stimulusSetHash({ ...set, pixels: Uint8Array.of(0, 1, 254, 254) })).not.toBe(stimulusSetHash(set));
    expect(stimulusSetHash({ width: 1, height: 2, images, pixels })).not.toBe(stimulusSetHash(set));
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
