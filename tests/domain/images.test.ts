import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResampler, drawSheet, resizeImages } from '../../main/domain/data/images.ts';

const resizeRow = (values: number[], to: number): number[] => {
  const target = new Float32Array(to);
  createResampler({ width: values.length, height: 1, channels: 1 }, { width: to, height: 1, channels: 1 })(
    Float32Array.from(values),
    0,
    target,
    0,
  );
  return [...target];
};

describe('resampling', () => {
  it('enlarges by plain bilinear interpolation between pixel centers', () => {
    expect(resizeRow([0, 100], 4)).toEqual([0, 25, 75, 100]);
  });

  it('shrinks with a filter as wide as the coarser grid (weights 3, 3, 1 of 7 at the border; 1, 3, 3, 1 of 8 within)', () => {
    const [first, second, third] = resizeRow([70, 0, 0, 0, 80, 80], 3);
    expect(first).toBeCloseTo(30, 5);
    expect(second).toBeCloseTo(10, 5);
    expect(third).toBeCloseTo((80 * 6) / 7, 5);
  });

  it('leaves an image of the same size as it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 35, maxLength: 35 }), (pixels) => {
        expect(
          resizeImages(pixels, { width: 7, height: 5, channels: 1 }, { width: 7, height: 5, channels: 1 }),
        ).toEqual(pixels);
      }),
    );
  });

  it('keeps constants, stays in range, and treats each image and both axes alike', () => {
    const size = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(size, size, size, size, fc.infiniteStream(fc.nat(255)), (w, h, tw, th, stream) => {
        const image = Uint8Array.from({ length: w * h }, () => stream.next().value as number);
        const from = { width: w, height: h, channels: 1 } as const;
        const to = { width: tw, height: th, channels: 1 } as const;
        const resized = resizeImages(image, from, to);
        expect(Math.min(...resized)).toBeGreaterThanOrEqual(Math.min(...image));
        expect(Math.max(...resized)).toBeLessThanOrEqual(Math.max(...image));
        const constant = new Uint8Array(w * h).fill(image[0] as number);
        expect(resizeImages(Uint8Array.of(...constant, ...image), from, to)).toEqual(
          Uint8Array.of(...new Uint8Array(tw * th).fill(image[0] as number), ...resized),
        );
        const transposed = resizeImages(
          transpose(image, w),
          { width: h, height: w, channels: 1 },
          { width: th, height: tw, channels: 1 },
        );
        // Which axis goes first shows in the last bit of a sum only.
        transpose(transposed, th).forEach((value, k) => {
          expect(Math.abs(value - (resized[k] as number))).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  it('keeps the mean brightness of 64x64 images at 28x28', () => {
    const disc = Uint8Array.from({ length: 4096 }, (_, k) =>
      Math.hypot((k % 64) - 31.5, (k >> 6) - 31.5) < 20 ? 255 : 0,
    );
    const small = resizeImages(disc, { width: 64, height: 64, channels: 1 }, { width: 28, height: 28, channels: 1 });
    const mean = (pixels: Uint8Array): number => pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
    expect(Math.abs(mean(small) - mean(disc))).toBeLessThan(0.5);
  });

  it('treats each channel as an image of its own', () => {
    const side = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(side, side, side, side, fc.infiniteStream(fc.nat(255)), (w, h, tw, th, stream) => {
        const image = Uint8Array.from({ length: 2 * w * h * 3 }, () => stream.next().value as number);
        const [from, to] = [
          { width: w, height: h },
          { width: tw, height: th },
        ];
        const resized = resizeImages(image, { ...from, channels: 3 }, { ...to, channels: 3 });
        for (const c of [0, 1, 2]) {
          const alone = resizeImages(channelOf(image, c), { ...from, channels: 1 }, { ...to, channels: 1 });
          expect(channelOf(resized, c)).toEqual(alone);
        }
      }),
    );
    expect(() => createResampler({ width: 1, height: 1, channels: 3 }, { width: 1, height: 1, channels: 1 })).toThrow(
      RangeError,
    );
  });

  it('refuses a number of pixels that does not fit the image size', () => {
    expect(() =>
      resizeImages(new Uint8Array(5), { width: 2, height: 2, channels: 1 }, { width: 1, height: 1, channels: 1 }),
    ).toThrow(RangeError);
  });
});

const channelOf = (image: Uint8Array, c: number): Uint8Array => image.filter((_, k) => k % 3 === c);

const transpose = (image: Uint8Array, width: number): Uint8Array => {
  const height = image.length / width;
  return image.map((_, k) => image[(k % height) * width + Math.floor(k / height)] as number);
};

it('reads and writes at offsets, and rounds halves up', () => {
  const target = new Float32Array(6).fill(-1);
  createResampler({ width: 2, height: 2, channels: 1 }, { width: 2, height: 1, channels: 1 })(
    Uint8Array.of(9, 9, 1, 2, 3, 6),
    2,
    target,
    3,
  );
  expect([...target]).toEqual([-1, -1, -1, 2, 4, -1]);
  expect([
    ...resizeImages(Uint8Array.of(0, 1), { width: 2, height: 1, channels: 1 }, { width: 1, height: 1, channels: 1 }),
  ]).toEqual([1]);
});

it('a sheet has the images in their rows on a mat, a gap of two around each', () => {
  // Rows of two and one images of 2 x 1 pixels.
  const sheet = drawSheet({ width: 2, height: 1, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6), rows: [2, 1] });
  const [m, mat] = [128, new Array<number>(10).fill(128)];
  expect([sheet.width, sheet.height]).toEqual([10, 8]);
  expect([...sheet.pixels]).toEqual([
    ...[...mat, ...mat],
    ...[m, m, 1, 2, m, m, 3, 4, m, m],
    ...[...mat, ...mat],
    ...[m, m, 5, 6, m, m, m, m, m, m],
    ...[...mat, ...mat],
  ]);
  const tall = drawSheet({ width: 1, height: 2, channels: 1, pixels: Uint8Array.of(1, 2), rows: [1] });
  expect([tall.width, tall.height, tall.pixels[12], tall.pixels[17]]).toEqual([5, 6, 1, 2]);
  const colored = { width: 2, height: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6), rows: [1] } as const;
  const color = drawSheet(colored);
  expect([color.width, color.height, color.pixels.length]).toEqual([6, 5, 90]);
  expect([...color.pixels.subarray(3 * (2 * 6 + 2) - 1, 3 * (2 * 6 + 4) + 1)]).toEqual([m, 1, 2, 3, 4, 5, 6, m]);
});
