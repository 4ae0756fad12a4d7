import { expect, test } from 'vitest';
import { varietyOf } from '../../main/domain/variety.ts';

const image = (value: number): number[] => new Array<number>(32 * 32).fill(value);

test('an image differs by as much as from the most similar other one', () => {
  const pixels = Uint8Array.from([...image(0), ...image(10), ...image(100)]);
  expect(varietyOf(pixels, 32, 32)).toEqual([10, 10, 90]);
});

test('one alone, and two that are the same, have none', () => {
  expect(varietyOf(Uint8Array.from(image(7)), 32, 32)).toEqual([0]);
  expect(varietyOf(Uint8Array.from([...image(7), ...image(7)]), 32, 32)).toEqual([0, 0]);
});

test('any size will do: blocks of all pixels count', () => {
  const pixels = new Uint8Array(2 * 28 * 28);
  pixels.fill(16, 28 * 28);
  expect(varietyOf(pixels, 28, 28)).toEqual([16, 16]);
  expect(varietyOf(Uint8Array.of(1, 2, 4, 4), 2, 1)).toEqual([Math.sqrt((9 + 4) / 2), Math.sqrt((9 + 4) / 2)]);
});
