import { expect, test } from 'vitest';
import { measureVariety } from '../../../main/contributions/search/variety.ts';
import { randomStream } from '../../../main/domain/random/random.ts';

const gray = (width: number, height: number) => ({ width, height, channels: 1 as const });
const image = (value: number): number[] => new Array<number>(32 * 32).fill(value);

test('an image differs by as much as from the most similar other one', () => {
  const pixels = Uint8Array.from([...image(0), ...image(10), ...image(100)]);
  expect(measureVariety(pixels, gray(32, 32))).toEqual([10, 10, 90]);
});

test('one alone, and two that are the same, have none', () => {
  expect(measureVariety(Uint8Array.from(image(7)), gray(32, 32))).toEqual([0]);
  expect(measureVariety(Uint8Array.from([...image(7), ...image(7)]), gray(32, 32))).toEqual([0, 0]);
});

test('in color, each channel of a block counts', () => {
  const size = { width: 1, height: 1, channels: 3 as const };
  // Red, and two greens: all have the same luminance, nearly.
  const pixels = Uint8Array.of(255, 0, 0, 0, 130, 0, 0, 133, 0);
  const difference = Math.sqrt(3);
  expect(measureVariety(pixels, size)).toEqual([Math.sqrt((255 ** 2 + 130 ** 2) / 3), difference, difference]);
});

test('any size will do: blocks of all pixels count', () => {
  const pixels = new Uint8Array(2 * 28 * 28);
  pixels.fill(16, 28 * 28);
  expect(measureVariety(pixels, gray(28, 28))).toEqual([16, 16]);
  expect(measureVariety(Uint8Array.of(1, 2, 4, 4), gray(2, 1))).toEqual([
    Math.sqrt((9 + 4) / 2),
    Math.sqrt((9 + 4) / 2),
  ]);
});

test('the variety of images is that of their 16 x 16 block means', () => {
  const random = randomStream(6, 'variety');
  for (const [width, height] of [
    [20, 33],
    [5, 40],
    [16, 16],
  ] as const) {
    const count = 4;
    const pixels = Uint8Array.from({ length: count * width * height }, () => random.int(256));
    const [columns, rows] = [Math.min(16, width), Math.min(16, height)];
    const means = Array.from({ length: count }, (_, n) => {
      const blocks = Array.from({ length: columns * rows }, (): number[] => []);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          blocks[Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width)]?.push(
            pixels[(n * height + y) * width + x] ?? 0,
          );
      return blocks.map((all) => all.reduce((sum, value) => sum + value, 0) / all.length);
    });
    const expected = means.map((own, a) =>
      Math.min(
        ...means.flatMap((other, b) =>
          a === b
            ? []
            : [Math.sqrt(own.reduce((sum, value, k) => sum + (value - (other[k] ?? 0)) ** 2, 0) / own.length)],
        ),
      ),
    );
    expect(measureVariety(pixels, gray(width, height))).toEqual(expected.map((value) => expect.closeTo(value, 3)));
  }
});
