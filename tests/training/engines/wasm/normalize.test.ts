import fc from 'fast-check';
import { it } from 'vitest';
import { expectClose, numericGradient, randomNumbers } from '../../conformance/compare.ts';
import * as reference from '../../conformance/reference-ops.ts';
import { type Arena, describeKernels } from './arena.ts';
import { cases } from '../../../thorough.ts';

type Numbers = reference.Numbers;

/** Large enough that gradients are well conditioned with two rows, too. */
const epsilon = 0.5;

interface Rows {
  rows: number;
  width: number;
}

function batchNorm(arena: Arena, { rows, width }: Rows): void {
  const { kernels } = arena;
  const [x, gamma, beta] = [randomNumbers(rows * width, 'x', 2, 3), ...scaleAndShift(width)];
  const [atX, atGamma, atBeta] = [x, gamma, beta].map((values) => arena.input(values));
  const [y, mean, unbiased, scale] = [x.length, width, width, width].map((count) => arena.result(count));
  const scratch = arena.scratch(kernels.batchNormScratch(width));
  const results = arena.run(() =>
    kernels.batchNorm(y!, mean!, unbiased!, scale!, atX!, atGamma!, atBeta!, rows, width, epsilon, scratch),
  );
  const expected = batchStatistics(x, width);
  expectClose(results[0]!, reference.normalise(x, gamma, beta, expected.mean, expected.variance, epsilon));
  expectClose(results[1]!, expected.mean);
  expectClose(
    results[2]!,
    expected.variance.map((value) => (value * rows) / (rows - 1)),
  );
  expectClose(results[3]!, expected.scale);
}

function batchNormBack(arena: Arena, { rows, width }: Rows): void {
  const { kernels } = arena;
  const [x, dy] = [randomNumbers(rows * width, 'x', 2, 3), randomNumbers(rows * width, 'dy')];
  const [gamma, beta] = scaleAndShift(width);
  const { mean, scale } = batchStatistics(x, width);
  const [atDy, atX, atGamma, atMean, atScale] = [dy, x, gamma, mean, scale].map((values) => arena.input(values));
  const [dx, dGamma, dBeta] = [x.length, width, width].map((count) => arena.result(count));
  const scratch = arena.scratch(kernels.batchNormScratch(width));
  const results = arena.run(() =>
    kernels.batchNormBack(dx!, dGamma!, dBeta!, atDy!, atX!, atGamma!, atMean!, atScale!, rows, width, scratch),
  );
  const forward = (x: Numbers, gamma: Numbers, beta: Numbers): Numbers => {
    const { mean, variance } = reference.moments(x, width);
    return reference.normalise(x, gamma, beta, mean, variance, epsilon);
  };
  expectGradients(results, forward, [x, gamma, beta], dy);
}

function layerNorm(arena: Arena, { rows, width }: Rows): void {
  const { kernels } = arena;
  const [x, gamma, beta] = [randomNumbers(rows * width, 'x', 2, 3), ...scaleAndShift(width)];
  const [atX, atGamma, atBeta] = [x, gamma, beta].map((values) => arena.input(values));
  const [y, statistics] = [arena.result(x.length), arena.result(2 * rows)];
  const results = arena.run(() => kernels.layerNorm(y, statistics, atX!, atGamma!, atBeta!, rows, width, epsilon));
  expectClose(results[0]!, reference.layerNorm(x, gamma, beta, epsilon), 2e-5, 1);
  expectClose(results[1]!, rowStatistics(x, width));
}

function layerNormBack(arena: Arena, { rows, width }: Rows): void {
  const { kernels } = arena;
  const [x, dy] = [randomNumbers(rows * width, 'x', 2, 3), randomNumbers(rows * width, 'dy')];
  const [gamma, beta] = scaleAndShift(width);
  const [atDy, atX, atStatistics, atGamma] = [dy, x, rowStatistics(x, width), gamma].map((of) => arena.input(of));
  const [dx, dGamma, dBeta] = [x.length, width, width].map((count) => arena.result(count));
  const results = arena.run(() =>
    kernels.layerNormBack(dx!, dGamma!, dBeta!, atDy!, atX!, atStatistics!, atGamma!, rows, width),
  );
  const forward = (x: Numbers, gamma: Numbers, beta: Numbers): Numbers => reference.layerNorm(x, gamma, beta, epsilon);
  expectGradients(results, forward, [x, gamma, beta], dy);
}

function scaleAndShift(width: number): [gamma: Numbers, beta: Numbers] {
  return [randomNumbers(width, 'gamma', 0.5, 1), randomNumbers(width, 'beta')];
}

function batchStatistics(x: Numbers, width: number): { mean: Numbers; variance: Numbers; scale: Numbers } {
  const { mean, variance } = reference.moments(x, width);
  return { mean, variance, scale: variance.map((value) => 1 / Math.sqrt(value + epsilon)) };
}

/** Mean and scale of each row. */
function rowStatistics(x: Numbers, width: number): Numbers {
  const rows = Array.from({ length: x.length / width }, (_, row) => x.slice(row * width, (row + 1) * width));
  return Float64Array.from(
    rows.flatMap((row) => {
      const { mean, scale } = batchStatistics(row, 1);
      return [mean[0]!, scale[0]!];
    }),
  );
}

/** Sums of terms of about 1, which may cancel out. */
function expectGradients(
  results: Numbers[],
  forward: (...inputs: Numbers[]) => Numbers,
  inputs: Numbers[],
  dy: Numbers,
): void {
  for (const [index, result] of results.entries()) {
    expectClose(result, numericGradient(forward, inputs, index, dy), 2e-5, 1);
  }
}

const rowsOf = (rows: fc.Arbitrary<number>, width = fc.integer({ min: 1, max: 19 })): fc.Arbitrary<Rows> =>
  fc.record({ rows, width });

/** Around the 128 rows that are added up at a time. */
const aroundBlocks = rowsOf(fc.constantFrom(127, 128, 129, 257), fc.integer({ min: 1, max: 5 }));

describeKernels('normalisation', (arena) => {
  it.each([
    ['batch norm', batchNorm],
    ['the gradient of batch norm', batchNormBack],
  ])('%s', (_, check) => {
    const sizes = fc.oneof({ arbitrary: rowsOf(fc.integer({ min: 2, max: 12 })), weight: 4 }, aroundBlocks);
    fc.assert(
      fc.property(sizes, (size) => check(arena, size)),
      { numRuns: cases(60) },
    );
  });

  it.each([
    ['layer norm', layerNorm],
    ['the gradient of layer norm', layerNormBack],
  ])('%s', (_, check) => {
    fc.assert(
      fc.property(rowsOf(fc.nat(9)), (size) => check(arena, size)),
      { numRuns: cases(60) },
    );
  });
});
