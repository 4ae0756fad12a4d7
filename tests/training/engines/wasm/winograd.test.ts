import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../conformance/compare.ts';
import * as reference from '../../conformance/reference-ops.ts';
import { Arena, builds } from './arena.ts';
import { convolve, convolveTransposed, filterGradient, type Shape, shapesOf, sizeOf } from './convolutions.ts';

type Numbers = reference.Numbers;

/** The convolutions of the study's CNN and of its DCGAN, on a few pixels. */
const shapes: Array<[name: string, shape: Shape]> = [
  ['CNN, 32 to 32 channels', { n: 2, h: 14, w: 14, c: 32, o: 32, k: 3, stride: 1, padding: 'same' }],
  ['CNN, 64 to 64 channels', { n: 3, h: 7, w: 7, c: 64, o: 64, k: 3, stride: 1, padding: 'same' }],
  ['DCGAN, 64 to 128 channels', { n: 2, h: 16, w: 16, c: 64, o: 128, k: 4, stride: 2, padding: 'same' }],
  ['DCGAN, 256 to 512 channels', { n: 1, h: 4, w: 4, c: 256, o: 512, k: 4, stride: 2, padding: 'same' }],
];

/** What the three kernels give. */
interface Results {
  y: Numbers;
  dx: Numbers;
  dw: Numbers;
}

interface Inputs {
  x: Numbers;
  w: Numbers;
  dy: Numbers;
}

function inputsOf(shape: Shape): Inputs {
  const sizes = shapesOf(shape);
  const values = (of: 'x' | 'w' | 'y'): Numbers => randomNumbers(sizeOf(sizes[of]), of);
  return { x: values('x'), w: values('w'), dy: values('y') };
}

function exactly({ n, h, w: width, c, o, k, stride, padding }: Shape, { x, w, dy }: Inputs): Results {
  const size = { n, h, w: width, c };
  return {
    y: reference.conv2d(x, w, size, k, o, stride, padding),
    dx: reference.conv2dTranspose(dy, w, size, k, o, stride, padding),
    dw: reference.conv2dFilter(x, dy, size, k, o, stride, padding),
  };
}

function byTiles(arena: Arena, shape: Shape, { x, w, dy }: Inputs): Results {
  return {
    y: convolve(arena, shape, x, w),
    dx: convolveTransposed(arena, shape, dy, w),
    dw: filterGradient(arena, shape, x, dy),
  };
}

/** Window by window: what kernels do when there is a channel more than tiles can do with, here one of zeros. */
function directly(arena: Arena, shape: Shape, { x, w, dy }: Inputs): Results {
  const { c, o } = shape;
  const moreOutputs = { ...shape, o: o + 1 };
  const moreChannels = { ...shape, c: c + 1 };
  return {
    y: resized(convolve(arena, moreOutputs, x, resized(w, o, o + 1)), o + 1, o),
    dx: resized(convolveTransposed(arena, moreChannels, dy, resized(w, c * o, (c + 1) * o)), c + 1, c),
    dw: resized(filterGradient(arena, moreOutputs, x, resized(dy, o, o + 1)), o + 1, o),
  };
}

/** Rows of `from` numbers as rows of `to`: cut, or filled up with zeros. */
function resized(values: Numbers, from: number, to: number): Numbers {
  return new Float64Array((values.length / from) * to).map((_, at) =>
    at % to < from ? values[Math.floor(at / to) * from + (at % to)]! : 0,
  );
}

function errors(actual: Numbers, expected: Numbers): { largest: number; typical: number } {
  expect(actual.length).toBe(expected.length);
  const all = actual.map((value, at) => Math.abs(value - expected[at]!));
  return {
    largest: all.reduce((a, b) => Math.max(a, b)),
    typical: Math.sqrt(all.reduce((sum, error) => sum + error ** 2, 0) / all.length),
  };
}

describe.each(shapes)('%s', (_, shape) => {
  const inputs = inputsOf(shape);
  const expected = exactly(shape, inputs);

  it.each(builds)('loses no precision by tiles, %s build', (build) => {
    const arena = new Arena(build);
    const tiles = byTiles(arena, shape, inputs);
    const windows = directly(arena, shape, inputs);
    for (const of of ['y', 'dx', 'dw'] as const) {
      const ours = errors(tiles[of], expected[of]);
      const direct = errors(windows[of], expected[of]);
      expect(tiles[of], 'both ways are the same one').not.toEqual(windows[of]);
      expect(ours.typical, of).toBeLessThan(4 * direct.typical);
      expect(ours.largest, of).toBeLessThan(4 * direct.largest);
    }
  });
});
