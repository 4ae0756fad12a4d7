import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomStream } from '../../../../main/domain/random/random.ts';
import { randomNumbers } from '../../conformance/compare.ts';
import { type ImageSize, maxPool2, type Numbers } from '../../conformance/reference-ops.ts';
import { type Arena, describeKernels } from './arena.ts';
import { cases } from '../../../thorough.ts';

/** Small whole numbers, negative ones among them, so that many windows have several maxima. */
function fewValues(length: number): Numbers {
  const stream = randomStream(1, 'pool', length);
  return Float64Array.from({ length }, () => stream.int(4) - 3);
}

/** Each dy at the first of its window's largest values, row by row. */
function backOfMaxPool(x: Numbers, dy: Numbers, { n, h, w, c }: ImageSize): Numbers {
  const dx = new Float64Array(x.length);
  let from = 0;
  for (let image = 0; image < n; image++)
    for (let y = 0; y + 1 < h; y += 2)
      for (let column = 0; column + 1 < w; column += 2)
        for (let channel = 0; channel < c; channel++, from++) {
          const at = (down: number, right: number): number =>
            ((image * h + y + down) * w + column + right) * c + channel;
          const places = [at(0, 0), at(0, 1), at(1, 0), at(1, 1)];
          const values = places.map((place) => x[place]!);
          dx[places[values.indexOf(Math.max(...values))]!] = dy[from]!;
        }
  return dx;
}

function check(arena: Arena, size: ImageSize): void {
  const { n, h, w, c } = size;
  const { kernels } = arena;
  const x = fewValues(n * h * w * c);
  const expected = maxPool2(x, size);
  const dy = randomNumbers(expected.length, 'dy');
  const [from, y] = [arena.input(x), arena.result(expected.length)];
  expect(arena.run(() => kernels.maxPool(y, from, n, h, w, c))).toEqual([expected]);
  const [fromX, fromDy, dx] = [arena.input(x), arena.input(dy), arena.result(x.length)];
  expect(arena.run(() => kernels.maxPoolBack(dx, fromDy, fromX, n, h, w, c))).toEqual([backOfMaxPool(x, dy, size)]);
}

describeKernels('max pooling', (arena) => {
  it('takes the largest of each window, and gives the first of them the gradient', () => {
    const sizes = fc.record({
      n: fc.nat(3),
      h: fc.integer({ min: 1, max: 7 }),
      w: fc.integer({ min: 1, max: 7 }),
      c: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(sizes, (size) => check(arena, size)),
      { numRuns: cases(150) },
    );
  });
});
