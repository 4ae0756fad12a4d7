import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { imageLength } from '../../../main/domain/data/images.ts';
import { type AugmentationKey, createAugmenter } from '../../../main/training/data/augment.ts';
import {
  batchOrder,
  gatherImages,
  gatherLabels,
  stepIndices,
  normalizeImages,
  stepsPerEpoch,
} from '../../../main/training/data/batches.ts';
import { loadDataSet } from '../../../main/training/data/load/load-data-set.ts';
import type { ImageForm, LabeledImages } from '../../../main/training/data/data-set.ts';
import { createUnitRangeGather, fromUnitRange } from '../../../main/training/generator/images.ts';

const mnist = loadDataSet({ source: 'mnist' }, '.');
const raw = { height: 28, width: 28, channels: 1 as const, mean: [0], std: [1 / 255] };
const settings = { shift: 2, rotate: 10, scale: 0.1 };
const still = { shift: 0, rotate: 0, scale: 0 };

function gather(set: LabeledImages, indices: number[], form: ImageForm, change?: AugmentationKey): Float32Array {
  const images = new Float32Array(indices.length * imageLength(form));
  gatherImages(set, indices, form, change, images);
  return images;
}

describe('the order of batches', () => {
  it('is a permutation, the same for the same seed and epoch, another for others', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(100), fc.integer({ min: 0, max: 300 }), (seed, epoch, count) => {
        const order = batchOrder(seed, epoch, count);
        expect(order).toEqual(batchOrder(seed, epoch, count));
        expect(order.toSorted()).toEqual(Uint32Array.from({ length: count }, (_, k) => k));
      }),
    );
    expect(batchOrder(1, 0, 100)).not.toEqual(batchOrder(1, 1, 100));
    expect(batchOrder(1, 0, 100)).not.toEqual(batchOrder(2, 0, 100));
  });

  it('is split into full batches; the remaining images are dropped', () => {
    expect(stepsPerEpoch(60_000, 128)).toBe(468);
    const order = batchOrder(3, 0, 10);
    expect(stepsPerEpoch(order.length, 4)).toBe(2);
    expect([...stepIndices(order, 4, 0), ...stepIndices(order, 4, 1)]).toEqual([...order.subarray(0, 8)]);
  });

  it('needs a batch no larger than the set', () => {
    expect(() => stepsPerEpoch(100, 128)).toThrow(expect.objectContaining({ code: 'data-set.smaller-than-batch' }));
    expect(stepsPerEpoch(128, 128)).toBe(1);
  });
});

describe('a batch', () => {
  it('holds the images asked for, normalized, and their labels', () => {
    const images = gather(mnist.test, [3, 0, 3], mnist);
    expect([...gatherLabels(mnist.test, [3, 0, 3])]).toEqual([0, 7, 0]);
    expect(images).toHaveLength(3 * 784);
    images.forEach((value, k) => {
      const pixel = mnist.test.images[([3, 0, 3][Math.floor(k / 784)] as number) * 784 + (k % 784)] as number;
      expect(value).toBe(Math.fround((pixel / 255 - at(mnist.mean, 0)) / at(mnist.std, 0)));
    });
  });

  it('of all training images has mean 0 and deviation 1', () => {
    const images = normalizeImages(mnist.train.images.subarray(0, 784 * 5000), mnist);
    const mean = images.reduce((a, b) => a + b, 0) / images.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(images.subarray(0, 784)).toEqual(gather(mnist.train, [0], mnist));
  });
});

describe('a batch of color images', () => {
  const [red, green, blue] = [0, 1, 2].map((part) => mnist.train.images.subarray(part * 7840, (part + 1) * 7840));
  const images = Uint8Array.from({ length: 3 * 7840 }, (_, k) =>
    at(at([red!, green!, blue!], k % 3), Math.floor(k / 3)),
  );
  const color = { count: 10, images, labels: new Uint8Array(10) };
  const form = { ...raw, channels: 3 as const, mean: [0.1, 0.2, 0.3], std: [0.3, 0.2, 0.1] };
  const channelOf = (values: Float32Array, c: number): Float32Array => values.filter((_, k) => k % 3 === c);

  it.each([
    ['plain', undefined],
    ['augmented', { settings, seed: 7, epoch: 2 }],
  ])('has in each channel the same bits as a gray image of its values: %s', (_, change) => {
    const values = gather(color, [3, 0], form, change);
    expect(values).toHaveLength(2 * 3 * 784);
    [red!, green!, blue!].forEach((plane, c) => {
      const gray = { ...raw, mean: [at(form.mean, c)], std: [at(form.std, c)] };
      const alone = gather({ count: 10, images: plane, labels: new Uint8Array(10) }, [3, 0], gray, change);
      expect(channelOf(values, c)).toEqual(alone);
    });
    if (!change) expect(normalizeImages(images.subarray(0, 3 * 784), form)).toEqual(gather(color, [0], form));
  });
});

describe('augmentation', () => {
  it('and normalization give the same bits as in earlier versions', () => {
    const indices = Array.from({ length: 32 }, (_, k) => k * 7);
    const hashOf = (values: Float32Array): string =>
      createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
    expect(hashOf(gather(mnist.train, indices, mnist))).toBe(
      '07da5d5454b27de0ac6ca764c2f799e57be64294934e33d3a35bd8830d4f93a4',
    );
    expect(hashOf(gather(mnist.train, indices, mnist, { settings, seed: 7, epoch: 2 }))).toBe(
      'b8da2d6d99c7f888b61fe7ba9459ccceabf634a5337a532705e4d206237db4e1',
    );
  });

  it('with flip mirrors about half of the images, which are otherwise as without it', () => {
    const indices = Array.from({ length: 400 }, (_, k) => k);
    const key = { settings, seed: 7, epoch: 2 };
    const without = gather(mnist.train, indices, raw, key);
    const flipped = gather(mnist.train, indices, raw, { ...key, settings: { ...settings, flip: true } });
    let mirrored = 0;
    for (const n of indices) {
      const own = flipped.subarray(n * 784, (n + 1) * 784);
      const plain = without.subarray(n * 784, (n + 1) * 784);
      const mirror = plain.map((_, k) => at(plain, k - (k % 28) + 27 - (k % 28)));
      const isMirrored = !own.every((value, k) => value === plain[k]);
      if (isMirrored) mirrored++;
      expect(own).toEqual(isMirrored ? mirror : plain);
    }
    expect(Math.abs(mirrored - 200)).toBeLessThan(50);
    expect(gather(mnist.train, indices, raw, { ...key, settings: { ...settings, flip: false } })).toEqual(without);
  });

  const augmented = (index: number, key: { settings: typeof settings; seed: number; epoch: number }): Float32Array =>
    gather(mnist.train, [index], raw, key);

  it('is decided by seed, epoch and image, wherever in a batch the image stands', () => {
    const key = { settings, seed: 7, epoch: 2 };
    const images = gather(mnist.train, [5, 9, 5], mnist, key);
    expect(images.subarray(0, 784)).toEqual(images.subarray(2 * 784));
    expect(images.subarray(0, 784)).not.toEqual(images.subarray(784, 2 * 784));
    expect(gather(mnist.train, [9], mnist, key)).toEqual(images.subarray(784, 2 * 784));
    expect(augmented(5, { settings, seed: 7, epoch: 3 })).not.toEqual(augmented(5, { settings, seed: 7, epoch: 2 }));
    expect(augmented(5, { settings, seed: 8, epoch: 2 })).not.toEqual(augmented(5, { settings, seed: 7, epoch: 2 }));
  });

  it('without change leaves images as they are', () => {
    const plain = gather(mnist.train, [5], mnist);
    const same = gather(mnist.train, [5], mnist, { settings: still, seed: 1, epoch: 0 });
    same.forEach((value, k) => {
      expect(value).toBeCloseTo(plain[k] as number, 5);
    });
  });

  it('stays within the range of the pixels, and keeps the digit about where and as bright as it was', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(999), (seed, index) => {
        const image = augmented(index, { settings, seed, epoch: 0 });
        const original = mnist.train.images.subarray(index * 784, (index + 1) * 784);
        expect(Math.min(...image)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...image)).toBeLessThanOrEqual(255.01);
        const [before, after] = [moments(original), moments(image)];
        // Area grows by at most 1.1 squared; the center moves by at most the shift and a turn about the middle.
        expect(after.total / before.total).toBeGreaterThan(0.7);
        expect(after.total / before.total).toBeLessThan(1.3);
        expect(Math.abs(after.x - before.x)).toBeLessThan(4);
        expect(Math.abs(after.y - before.y)).toBeLessThan(4);
      }),
      { numRuns: 50 },
    );
  });

  it('shifts, rotates and scales to the full extent and about the center', () => {
    const size = { height: 21, width: 21, channels: 1 as const, mean: [0], std: [1 / 255] };
    const dot = (x: number, y: number): Uint8Array => {
      const image = new Uint8Array(441);
      image[y * 21 + x] = 255;
      return image;
    };
    const where = (image: Uint8Array, change: typeof settings, seed: number) => {
      const target = new Float32Array(441);
      createAugmenter(size, { settings: change, seed, epoch: 0 })(image, 0, target, 0);
      return moments(target);
    };
    const many = Array.from({ length: 300 }, (_, seed) => seed);
    const shifts = many.map((seed) => where(dot(10, 10), { ...still, shift: 3 }, seed).x);
    expect(Math.min(...shifts)).toBeGreaterThanOrEqual(7);
    expect(Math.min(...shifts)).toBeLessThan(7.1);
    expect(Math.max(...shifts)).toBeGreaterThan(12.9);
    const turned = many.map((seed) => where(dot(10, 2), { ...still, rotate: 90 }, seed));
    expect(Math.max(...turned.map(({ x, y }) => Math.abs(Math.hypot(x - 10, y - 10) - 8)))).toBeLessThan(0.3);
    expect(Math.min(...turned.map(({ x }) => x))).toBeLessThan(2.2);
    expect(Math.max(...turned.map(({ x }) => x))).toBeGreaterThan(17.8);
    const scaled = many.map((seed) => where(dot(10, 2), { ...still, scale: 0.25 }, seed).y);
    expect(Math.max(...scaled)).toBeCloseTo(10 - 8 * 0.75, 0);
    expect(Math.min(...scaled)).toBeCloseTo(10 - 8 * 1.25, 0);
  });

  it('is black outside', () => {
    const white = new Uint8Array(784).fill(255);
    const image = gather({ count: 1, images: white, labels: Uint8Array.of(0) }, [0], raw, {
      settings: { shift: 16, rotate: 0, scale: 0 },
      seed: 2,
      epoch: 0,
    });
    const corners = [image[0], image[27], image[756], image[783]];
    expect(corners).toContain(0);
    expect(image[14 * 28 + 14]).toBeCloseTo(255, 2);
  });
});

describe('images for a GAN', () => {
  it('of the same size are only scaled to [-1, 1]; pixels come back', () => {
    const images = createUnitRangeGather(mnist, mnist)(mnist.train, [4, 7]);
    expect(images[0]).toBe(-1);
    expect(Math.max(...images)).toBe(1);
    expect(fromUnitRange(images.subarray(784))).toEqual(mnist.train.images.subarray(7 * 784, 8 * 784));
  });

  it('are enlarged to 64x64 for the DCGAN of the paper', () => {
    const images = createUnitRangeGather(mnist, { width: 64, height: 64, channels: 1 })(mnist.train, [4]);
    expect(images).toHaveLength(64 * 64);
    expect(Math.min(...images)).toBe(-1);
    const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
    expect(mean(images)).toBeCloseTo(mean(createUnitRangeGather(mnist, mnist)(mnist.train, [4])), 2);
  });

  it('become pixels: rounded, and cut off outside [-1, 1]', () => {
    expect([...fromUnitRange(Float32Array.of(-2, -1, 0, 1, 1.5))]).toEqual([0, 0, 128, 255, 255]);
  });
});

/** Sum of all values, and their center of mass. */
function moments(image: ArrayLike<number>): { total: number; x: number; y: number } {
  const side = Math.sqrt(image.length);
  let [total, x, y] = [0, 0, 0];
  for (let k = 0; k < image.length; k++) {
    const value = image[k] as number;
    total += value;
    x += value * (k % side);
    y += value * Math.floor(k / side);
  }
  return { total, x: x / total, y: y / total };
}
