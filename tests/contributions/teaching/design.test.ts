import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../../main/contract/wire/errors.ts';
import type { Half } from '../../../main/contributions/teaching/contract/design.ts';
import {
  answerMark,
  foldImages,
  foldName,
  otherHalf,
  personsOfSeeds,
  splitPeople,
  type SplitImage,
  type TeachingDesign,
} from '../../../main/contributions/teaching/analysis/split.ts';
import { findLeaks, type LeakKind, refuseLeaks } from '../../../main/contributions/teaching/targets/leaks.ts';

/** Three pairs of two images with anchors of their own, a fold each; four people; two arms in both directions. */
function soundDesign() {
  const images = Array.from({ length: 6 }, (_, id) => ({
    id,
    pair: `0-${1 + Math.floor(id / 2)}`,
    pixels: `p${id}`,
    fold: 1 + Math.floor(id / 2),
    anchors: [`0:a${Math.floor(id / 2)}`, `${1 + Math.floor(id / 2)}:`],
  }));
  const people = ['ann', 'ben', 'cleo', 'dan'].map((name, place) => ({
    name,
    key: `k${place}`,
    answers: null as string | null,
    half: (place < 2 ? 'a' : 'b') as Half,
  }));
  const parts = (['a', 'b'] as const).flatMap((teachers) =>
    [1, 2, 3].map((fold) => ({
      fold,
      teachers,
      from: images.flatMap((image) => (image.fold === fold ? [] : image.id)),
      people: people.flatMap(({ key, half }) => (half === teachers ? key : [])),
    })),
  );
  return {
    images,
    people,
    answers: people.flatMap(({ key }) => images.map(({ id }) => ({ person: key, image: id }))),
    cells: (['human', 'permuted', 'person'] as const).flatMap((arm) =>
      parts.map((part) => ({
        ...structuredClone(part),
        arm,
        taught: [...part.from],
        people: part.people.slice(0, arm === 'person' ? 1 : undefined),
      })),
    ),
    tunings: structuredClone(parts),
    networks: [{ name: 'CNN1', taught: ['elsewhere'] as string[] | null, stopsByTestImages: true }],
    starts: [{ name: 'MLP1', taught: [] as string[] | null, stopsByTestImages: true }],
    dataSet: { train: new Set(['t1']), test: new Set(['t2']) },
    stopsByTestImages: true,
  };
}
type Draft = ReturnType<typeof soundDesign>;

const planted: Record<LeakKind, { plant: (design: Draft) => unknown; where: RegExp }> = {
  'pair-split': {
    plant: ({ images }) => Object.assign(images[0]!, { fold: 2 }),
    where: /images? 1 in fold 1|image 0 in fold 2/,
  },
  'anchor-shared': {
    plant: ({ images }) => Object.assign(images[2]!, { anchors: ['0:a0'] }),
    where: /image 2 in fold 2/,
  },
  'pixels-shared': {
    plant: ({ images }) => Object.assign(images[5]!, { pixels: 'p0' }),
    where: /image 0 in fold 1, image 5 in fold 3/,
  },
  'held-out-taught': {
    plant: ({ cells }) => void cells[0]!.taught.push(1),
    where: /arm human, fold 1, half a.*image 1/,
  },
  'held-out-labels': {
    plant: ({ cells }) => void cells[7]!.from.push(2),
    where: /arm permuted, fold 2, half a.*image 2/,
  },
  'person-in-both-halves': {
    plant: ({ people }) => void people.push({ ...people[0]!, half: 'b' }),
    where: /labeler ann/,
  },
  'same-person': {
    plant: ({ people }) => Object.assign(people[3]!, { name: 'ann' }),
    where: /ann \(half a\) and ann \(half b\)/,
  },
  'examiner-teaches': {
    plant: ({ cells }) => void cells[0]!.people.push('k2'),
    where: /fold 1, half a teaching: cleo/,
  },
  'answered-twice': {
    plant: ({ answers }) => void answers.push({ person: 'k1', image: 4 }),
    where: /labeler ben, image 4/,
  },
  'tuned-on-held-out': {
    plant: ({ tunings }) => void tunings[2]!.from.push(5),
    where: /fold 3, half a teaching: image 5/,
  },
  'tuned-by-examiners': { plant: ({ tunings }) => void tunings[5]!.people.push('k0'), where: /half b teaching: ann/ },
  'network-saw-held-out': { plant: ({ networks }) => void networks[0]!.taught?.push('p3'), where: /CNN1: image 3/ },
  'start-saw-held-out': { plant: ({ starts }) => void starts[0]!.taught?.push('p2'), where: /MLP1: image 2/ },
  'start-taught': { plant: ({ starts }) => void starts[0]!.taught?.push('elsewhere'), where: /MLP1/ },
  'start-unknown': { plant: ({ starts }) => Object.assign(starts[0]!, { taught: null }), where: /MLP1/ },
  'not-one-person': {
    plant: ({ cells }) => void cells[13]!.people.push('k1'),
    where: /arm person, fold 2, half a teaching: 2 labelers/,
  },
  'in-training-part': { plant: ({ dataSet }) => void dataSet.train.add('p4'), where: /image 4/ },
  'stopped-on-images': { plant: ({ dataSet }) => void dataSet.test.add('p1'), where: /CNN1, MLP1: image 1/ },
  'stops-on-images': { plant: ({ dataSet }) => void dataSet.test.add('p1'), where: /image 1/ },
};

test.each(Object.entries(planted))('a planted leak is refused with its place: %s', (kind, { plant, where }) => {
  expect(findLeaks(soundDesign())).toEqual([]);
  const design = soundDesign();
  plant(design);
  const found = findLeaks(design).filter((leak) => leak.kind === kind);
  expect(found[0]?.where).toMatch(where);
  expect(() => refuseLeaks(design, 'mine')).toThrow(
    expect.objectContaining({ code: 'teaching.leak', where: expect.stringContaining('study mine, ') }),
  );
});

test('the same unusual answers under two names are one person, the same usual ones are not', () => {
  const labels = Int16Array.from({ length: 20 }, (_, image) => (image < 5 ? 1 : 0));
  const modes = new Int16Array(20);
  expect(answerMark(labels, modes)).toBe(answerMark(labels.slice(), modes));
  expect(answerMark(modes, modes)).toBeNull();
  const design: TeachingDesign = soundDesign();
  const answers = answerMark(labels, modes);
  const people = design.people.map((person, place) => (place === 0 || place === 3 ? { ...person, answers } : person));
  expect(findLeaks({ ...design, people }).map(({ kind }) => kind)).toEqual(['same-person']);
  expect(foldName('  Ann  LEE')).toBe(foldName('ann lee'));
});

const splitImages = fc.array(fc.tuple(fc.nat(8), fc.nat(8), fc.nat(30)), { minLength: 1, maxLength: 40 }).map((raw) =>
  raw.map(
    ([a, b, pixels], id): SplitImage => ({
      id,
      pair: `${a}-${b + 10}`,
      anchors: [`${a}:x`, `${b + 10}:`],
      pixels: `p${id}-${pixels}`,
    }),
  ),
);

test('folds keep together what shares a pair, an anchor or pixels, or are refused', () => {
  fc.assert(
    fc.property(splitImages, fc.integer({ min: 2, max: 5 }), fc.nat(99), (images, folds, seed) => {
      const design = soundDesign();
      try {
        const split = foldImages(images, { folds, seed });
        expect(new Set(split.map(({ fold }) => fold)).size).toBe(folds);
        const kinds = findLeaks({ ...design, images: split, cells: [], tunings: [] }).map(({ kind }) => kind);
        expect(kinds.filter((kind) => /split|shared/.test(kind))).toEqual([]);
        expect(foldImages(images, { folds, seed })).toEqual(split);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        expect(error.code).toBe('teaching.too-few-folds');
      }
    }),
    { numRuns: 100 },
  );
});

test('pairs that share an anchor are refused with the anchor', () => {
  const images = [1, 2, 3].map((j, id) => ({ id, pair: `0-${j}`, anchors: ['0:', `${j}:`], pixels: `p${id}` }));
  expect(() => foldImages(images, { folds: 2, seed: 1 })).toThrow(
    expect.objectContaining({ where: 'pairs 0-1, 0-2, 0-3 share the anchor of class 0' }),
  );
  const single = images.map((image) => ({ ...image, pair: null, anchors: [] }));
  expect(
    foldImages(single, { folds: 3, seed: 1 })
      .map(({ fold }) => fold)
      .sort(),
  ).toEqual([1, 2, 3]);
});

test('halves are as equal as possible, keep one person together, and do not depend on the order of people', () => {
  const names = fc.array(fc.stringMatching(/^[a-h]$/), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(names, fc.nat(99), (raw, seed) => {
      const people = raw.map((name, place) => ({ key: `k${String(place).padStart(2, '0')}`, name, answers: null }));
      const persons = new Set(raw).size;
      if (persons < 4) {
        expect(() => splitPeople(people, seed)).toThrow(/cannot be split/);
        return;
      }
      const split = splitPeople(people, seed);
      expect(findLeaks({ ...soundDesign(), people: split, cells: [], tunings: [], answers: [] })).toEqual([]);
      expect(splitPeople(people.toReversed(), seed).toReversed()).toEqual(split);
      const halves = Map.groupBy(split, ({ half }) => half);
      expect([...halves.keys()].sort()).toEqual(['a', 'b']);
    }),
    { numRuns: 100 },
  );
  expect(otherHalf('a')).toBe('b');
});

test('seeds of the arm of one person give each person in turn', () => {
  const keys = ['k0', 'k1', 'k2'];
  const dealt = personsOfSeeds(keys, { seed: 1, seeds: 7 });
  expect(dealt.slice(0, 3).sort()).toEqual(keys);
  expect(dealt.slice(3)).toEqual([...dealt.slice(0, 3), dealt[0]]);
  expect(personsOfSeeds(keys.toReversed(), { seed: 1, seeds: 7 })).toEqual(dealt);
});
