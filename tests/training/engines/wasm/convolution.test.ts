import fc from 'fast-check';
import { it } from 'vitest';
import { expectClose, randomNumbers } from '../../conformance/compare.ts';
import * as reference from '../../conformance/reference-ops.ts';
import { type Arena, describeKernels } from './arena.ts';
import { convolve, convolveTransposed, filterGradient, type Shape, shapesOf, sizeOf } from './convolutions.ts';
import { cases } from '../../../thorough.ts';

/** All three kernels against their references, on positive numbers, whose sums have small errors beside them. */
function check(arena: Arena, shape: Shape): void {
  const { n, h, w, c, o, k, stride, padding } = shape;
  const sizes = shapesOf(shape);
  const x = randomNumbers(sizeOf(sizes.x), 'x', 0.5, 1);
  const filter = randomNumbers(sizeOf(sizes.w), 'w', 0.5, 1);
  const dy = randomNumbers(sizeOf(sizes.y), 'dy', 0.5, 1);
  const size = { n, h, w, c };
  expectClose(convolve(arena, shape, x, filter), reference.conv2d(x, filter, size, k, o, stride, padding));
  expectClose(
    convolveTransposed(arena, shape, dy, filter),
    reference.conv2dTranspose(dy, filter, size, k, o, stride, padding),
  );
  expectClose(filterGradient(arena, shape, x, dy), reference.conv2dFilter(x, dy, size, k, o, stride, padding));
}

const direct: fc.Arbitrary<Shape> = fc
  .record({
    n: fc.nat(4),
    h: fc.integer({ min: 1, max: 12 }),
    w: fc.integer({ min: 1, max: 12 }),
    c: fc.integer({ min: 1, max: 9 }),
    o: fc.integer({ min: 1, max: 17 }),
    k: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.constantFrom('same', 'valid'),
  })
  .filter(({ h, w, k, padding }) => padding === 'same' || Math.min(h, w) >= k);

/** The two forms that are done by Winograd, with channels enough to be. */
const byTiles: fc.Arbitrary<Shape> = fc
  .record({
    n: fc.nat(3),
    h: fc.integer({ min: 2, max: 9 }),
    w: fc.integer({ min: 2, max: 9 }),
    channels: fc.constantFrom([16, 32], [32, 16], [4, 128], [128, 4], [24, 28]),
    form: fc.constantFrom([3, 1], [4, 2]),
    padding: fc.constantFrom('same', 'valid'),
  })
  .map(({ channels: [c, o], form: [k, stride], ...others }) => ({ ...others, c: c!, o: o!, k: k!, stride: stride! }))
  .filter(({ h, w, k, padding }) => padding === 'same' || Math.min(h, w) >= k);

describeKernels('convolution', (arena) => {
  it('is that of the reference, window by window', () => {
    fc.assert(
      fc.property(direct, (shape) => check(arena, shape)),
      { numRuns: cases(150) },
    );
  });

  it('is that of the reference by tiles', () => {
    fc.assert(
      fc.property(byTiles, (shape) => check(arena, shape)),
      { numRuns: cases(60) },
    );
  });

  it.each<[string, Shape]>([
    ['direct: more images than are done together', { n: 9, h: 9, w: 8, c: 2, o: 3, k: 3, stride: 1, padding: 'same' }],
    [
      'direct: images of more pixels than are done together',
      { n: 2, h: 21, w: 21, c: 1, o: 2, k: 3, stride: 1, padding: 'same' },
    ],
    ['direct: windows deeper than a block', { n: 1, h: 2, w: 3, c: 300, o: 1, k: 3, stride: 1, padding: 'same' }],
    ['direct: runs longer than a block', { n: 2, h: 1, w: 2, c: 577, o: 3, k: 1, stride: 1, padding: 'valid' }],
    ['direct: a stride beyond the kernel', { n: 2, h: 7, w: 8, c: 3, o: 5, k: 1, stride: 3, padding: 'same' }],
    ['direct: the patches of a ViT', { n: 3, h: 28, w: 28, c: 1, o: 64, k: 7, stride: 7, padding: 'valid' }],
    [
      'tiles: more images than are done together',
      { n: 7, h: 14, w: 13, c: 4, o: 128, k: 3, stride: 1, padding: 'same' },
    ],
    [
      'tiles: images of more tiles than are done together',
      { n: 2, h: 27, w: 26, c: 4, o: 128, k: 3, stride: 1, padding: 'valid' },
    ],
    [
      'tiles: at stride 2, more images than are done together',
      { n: 11, h: 15, w: 14, c: 16, o: 32, k: 4, stride: 2, padding: 'same' },
    ],
    ['tiles: channels deeper than a block', { n: 2, h: 3, w: 4, c: 516, o: 4, k: 3, stride: 1, padding: 'same' }],
    ['tiles: phases deeper than a block', { n: 2, h: 5, w: 6, c: 132, o: 4, k: 4, stride: 2, padding: 'same' }],
    ['tiles: outputs deeper than a block', { n: 2, h: 5, w: 6, c: 4, o: 516, k: 4, stride: 2, padding: 'valid' }],
  ])('%s', (_, shape) => check(arena, shape));
});
