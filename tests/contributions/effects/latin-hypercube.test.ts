import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latinHypercube } from '../../../main/contributions/effects/analysis/latin-hypercube.ts';

const designs = fc.record({
  seed: fc.nat(0xffff_ffff),
  count: fc.integer({ min: 1, max: 60 }),
  dimensions: fc.integer({ min: 1, max: 5 }),
});

test('each interval of each dimension has one point', () => {
  fc.assert(
    fc.property(designs, ({ seed, count, dimensions }) => {
      const points = latinHypercube(seed, count, dimensions);
      for (let dimension = 0; dimension < dimensions; dimension++) {
        const hit = points.map((point) => Math.floor((point[dimension] ?? -1) * count));
        expect(hit.toSorted((a, b) => a - b)).toEqual([...hit.keys()]);
      }
    }),
  );
});

test('twice as many points keep those that there are, and another dimension the coordinates of the others', () => {
  fc.assert(
    fc.property(designs, ({ seed, count, dimensions }) => {
      const points = latinHypercube(seed, count, dimensions);
      expect(latinHypercube(seed, 2 * count, dimensions).slice(0, count)).toEqual(points);
      const wider = latinHypercube(seed, count, dimensions + 1);
      expect(wider.map((point) => point.slice(0, dimensions))).toEqual(points);
    }),
  );
});

test('dimensions and seeds differ', () => {
  const [first, second] = [0, 1].map((dimension) => latinHypercube(1, 16, 2).map((point) => point[dimension]));
  expect(first).not.toEqual(second);
  expect(latinHypercube(2, 16, 1)).not.toEqual(latinHypercube(1, 16, 1));
});
