import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../main/contract/wire/errors.ts';
import { alphas } from '../../main/domain/stimuli/interpolation.ts';
import {
  blendImages,
  chooseRealAnchors,
  clearImages,
  layOutBlends,
  positionsByClass,
  realCandidates,
} from '../../main/domain/anchors/real-images.ts';
import type { Pair } from '../../main/domain/stimuli/stimulus-set.ts';

/** Six images of two values each, of the classes 0, 1, 2, 0, 1, 0. */
const labels = [0, 1, 2, 0, 1, 0];
const members = positionsByClass(labels, 3);
const names = ['a', 'b', 'c'];
const pairs: Pair[] = [
  [0, 1],
  [0, 2],
];
const pools = members.map((own) => ({ members: own, candidates: own, clear: own.slice(0, 1) }));
const one = { kind: 'one' } as const;
const fresh = { kind: 'fresh' } as const;
const atRandom = { kind: 'random', seed: 1 } as const;

test('blends are the images themselves at both ends, and mixes of values or of light between', () => {
  const images = Uint8Array.of(0, 200, 255, 100);
  expect([...blendImages(images, 2, [[0, 1]], alphas(3), 'pixels')]).toEqual([0, 200, 128, 150, 255, 100]);
  // Half the light of white is the value 188 of sRGB.
  expect([...blendImages(images, 2, [[0, 1]], alphas(3), 'linear-light')]).toEqual([0, 200, 188, 160, 255, 100]);
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 6, maxLength: 6 }),
      fc.constantFrom('pixels', 'linear-light'),
      (rgb, kind) => {
        const two = Uint8Array.from([...rgb, ...rgb.toReversed()]);
        const blended = blendImages(two, 6, [[0, 1]], alphas(5), kind as 'pixels');
        expect([...blended.subarray(0, 6)]).toEqual([...two.subarray(0, 6)]);
        expect([...blended.subarray(24)]).toEqual([...two.subarray(6)]);
      },
    ),
    { numRuns: 50 },
  );
  expect(() => blendImages(images, 2, [[0, 2]], alphas(2), 'pixels')).toThrow(RangeError);
});

test('anchors are chosen by hand first, then by the rule, each image once', () => {
  const choose = (change: object, of: readonly Pair[] = pairs) =>
    chooseRealAnchors(pools, { anchors: null, anchorDesign: one, anchorRule: atRandom, ...change }, of, names);
  expect(members).toEqual([[0, 3, 5], [1, 4], [2]]);
  expect(choose({ anchorRule: { kind: 'best' } })).toEqual([[0], [1], [2]]);
  expect(choose({ anchors: [5, [], []], anchorRule: { kind: 'clear', seed: 3 } })).toEqual([[5], [1], [2]]);
  expect(choose({ anchors: [[5], [], []], anchorDesign: fresh, anchorRule: { kind: 'best' } })).toEqual([
    [5, 0],
    [1],
    [2],
  ]);
  expect(choose({ anchorRule: { kind: 'random', seed: 7 } })).toEqual(
    choose({ anchorRule: { kind: 'random', seed: 7 } }),
  );
  const codeOf = (change: object, of?: readonly Pair[]): string => {
    try {
      choose(change, of);
    } catch (error) {
      if (error instanceof UserError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return 'no error';
  };
  expect(codeOf({ anchors: [[1], [], []] })).toBe('stimuli.anchors: Test image 1 is not of class a');
  expect(codeOf({ anchors: [[0, 0], [], []], anchorDesign: fresh })).toContain('is an anchor of class a twice');
  expect(codeOf({ anchors: [[], []] })).toContain('There are 3 classes and anchors of 2');
  expect(codeOf({ anchorDesign: fresh, anchorRule: { kind: 'clear', seed: 1 } })).toContain('has 1 clear test image');
  // A class without test images is in the way only of pairs that it is in.
  const without = [...pools.slice(0, 2), { members: [], candidates: [], clear: [] }];
  const noThird = (of: Pair[]) =>
    chooseRealAnchors(without, { anchors: null, anchorDesign: one, anchorRule: atRandom }, of, names);
  expect(noThird([[0, 1]])[2]).toEqual([]);
  expect(() => noThird(pairs)).toThrow('Class c needs 1 anchor and has 0 test images');
});

test('images name the positions of the two that they lie between', () => {
  const { images, ways } = layOutBlends(pairs, alphas(2), fresh, [[5, 0], [1], [2]]);
  expect(ways).toEqual([
    [5, 1],
    [0, 2],
  ]);
  expect(images.map(({ id, pairJ, anchorI, anchorJ }) => [id, pairJ, anchorI, anchorJ].join())).toEqual([
    '0,1,5,1',
    '1,1,5,1',
    '2,2,0,2',
    '3,2,0,2',
  ]);
});

test('candidates are images of their class that a classifier recognizes, or the first ones without a classifier', () => {
  expect(realCandidates(members, 2, null)[0]).toEqual([
    { index: 0, confidence: null, margin: null },
    { index: 3, confidence: null, margin: null },
  ]);
  // Image 0 is called b, the others of class a are recognized, 5 most surely; the only image of c is not.
  const softmax = Float32Array.of(0.1, 0.9, 0, 0, 1, 0, 0.5, 0.3, 0.2, 0.8, 0.2, 0, 0.1, 0.9, 0, 0.97, 0.03, 0);
  const found = realCandidates(members, 2, { softmax, pixels: Uint8Array.from({ length: 12 }, (_, k) => 20 * k) });
  expect(found.map((list) => list.map(({ index }) => index))).toEqual([[5, 3], [1, 4], [2]]);
  expect(found[0]?.[0]?.confidence).toBeCloseTo(0.97, 6);
  expect(clearImages(members, softmax)).toEqual([[5], [1], []]);
});
