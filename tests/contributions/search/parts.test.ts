import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Candidate } from '../../../main/contributions/search/contract.ts';
import { sortCandidates } from '../../../renderer/contributions/search/candidate-wall.tsx';
import { movePoint, parseLatent } from '../../../renderer/contributions/search/own-latent.ts';
import { decodeFloats, latentText, toBase64 } from '../../../renderer/stimuli/latent.ts';

const points = fc
  .array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 2, maxLength: 120 })
  .map((values) => Float32Array.from(values, (value) => value + 0));

describe('a latent point', () => {
  test('as text and back, as base64 and back, is the same to the last bit', () => {
    fc.assert(
      fc.property(points, (z) => {
        expect(parseLatent(latentText(z), z.length)).toEqual({ z });
        expect(decodeFloats(toBase64(z))).toEqual(z);
      }),
    );
  });

  test('is read with commas, spaces, lines and brackets; what is wrong is said', () => {
    expect(parseLatent('[1, 2;\n-0.5e-1 ]', 3)).toEqual({ z: Float32Array.of(1, 2, -0.05) });
    expect(parseLatent('1 2', 3)).toEqual({ wrong: '2 numbers given, but this generator needs 3' });
    expect(parseLatent('1 2 <b>', 3)).toEqual({ wrong: '"<b>" is not a number' });
    expect(parseLatent('1 2 1e9', 3)).toEqual({ wrong: 'Numbers must be between -100 and 100' });
  });

  test('moves along both directions', () => {
    const z = Float32Array.of(1, 1);
    expect(movePoint(z, [Float32Array.of(1, 0), Float32Array.of(0, 1)], [2, -3])).toEqual(Float32Array.of(3, -2));
  });
});

test('candidates are ordered by what was chosen, ties as they came, unknown likeness last', () => {
  const candidate = (margin: number, distance: number | null, variety: number): Candidate => ({
    seed: 1,
    sample: 0,
    index: 0,
    confidence: 1,
    margin,
    distance,
    variety,
    z: 'AAAAAA==',
    norm: 0,
  });
  const all = [candidate(1, 5, 3), candidate(3, null, 1), candidate(3, 2, 2)];
  expect(sortCandidates(all, 'best')).toEqual([0, 1, 2]);
  expect(sortCandidates(all, 'confidence')).toEqual([1, 2, 0]);
  expect(sortCandidates(all, 'likeness')).toEqual([2, 0, 1]);
  expect(sortCandidates(all, 'variety')).toEqual([0, 2, 1]);
});
