import { expect, test } from 'vitest';
import { shownInterval } from '../../main/analysis/claims/claims.ts';
import { GroupJackknife } from '../../main/analysis/claims/jackknife.ts';
import { rarefy } from '../../main/contributions/subsampling/analysis/rarefaction.ts';
import { labelCounts } from '../../main/analysis/labels/labels.ts';
import { pairUnits } from '../../main/analysis/outcomes/units.ts';
import { paperPairs } from '../../main/domain/anchors/pair-design.ts';
import { intervalText } from '../../main/domain/results/claims.ts';
import type { Quantity } from '../../main/contract/results/exhibit.ts';
import { bandsNote, quantity, toInterval, withIntervals } from '../../main/exhibits/parts/cells.ts';

const images = paperPairs.flatMap(([pairI, pairJ], pair) =>
  [0.4, 0.6].map((alpha, step) => ({ id: 2 * pair + step, pairI, pairJ, alpha })),
);

/** Two people who give these two labels to every image. */
const peopleOf = (labels: readonly [number, number]) => ({
  raters: 2,
  images: images.length,
  classes: 10,
  values: Int16Array.from({ length: 2 * images.length }, (_, at) => labels[at < images.length ? 0 : 1]),
});

const votes = (raters: number, label: (rater: number, image: number) => number) => ({
  raters,
  images: images.length,
  classes: 10,
  values: Int16Array.from({ length: raters * images.length }, (_, at) =>
    label(Math.floor(at / images.length), at % images.length),
  ),
});

function disagreement(labels: readonly [number, number]) {
  const none = { raters: 0, images: images.length, classes: 10, values: new Int16Array() };
  const jackknife = new GroupJackknife({
    images,
    people: peopleOf(labels),
    networks: none,
    blocks: [],
    readSoftmax: null,
  });
  return shownInterval('human_disagree_pct', [{ jackknife, sample: false }], 'default');
}

const agreed =
  'At 0 % nothing varied, which does not mean that nothing can: none of 5 pairs that share no anchor has such an image. So, with 95 % confidence, at most 45.1\u00a0% of all pairs have one, and at most that share of all images is such.';
const split =
  'At 100 % nothing varied, which does not mean that nothing can: each of 5 pairs that share no anchor has only such images. So, with 95 % confidence, at least 54.9\u00a0% of all pairs have only such images, and at least that share of all images is such.';

test('a share of 0 or 100 % says which share of pairs could be otherwise, under a table too', () => {
  expect(toInterval(disagreement([3, 3]))).toMatchObject({ lo: null, hi: null, undefined: agreed });
  expect(toInterval(disagreement([3, 4]))?.undefined).toBe(split);
  const cell = (value: number, of: ReturnType<typeof disagreement>) =>
    quantity(value, 30, 'images', { reason: '', interval: of });
  const table = { id: 't', number: '', title: '', people: true, columns: [{ name: 'x' }], notes: [] };
  const shown = { ...disagreement([3, 3]), lo: 1, hi: 9, reason: null };
  const { intervals } = withIntervals(
    { rehearsal: false },
    { ...table, rows: [[cell(5, shown), cell(0, disagreement([3, 3])), cell(0, disagreement([3, 3]))]] },
  );
  expect(intervals).toMatch(
    /^In brackets: 95 % intervals\. The letter behind one says for whom it holds\. a: for other anchors/,
  );
  expect(intervals?.split(agreed)).toHaveLength(2);
  // Numbers between the ends say it too, once: with few people or pairs many have no interval.
  const { unvaried: _, ...varied } = shown;
  const none = { ...varied, lo: null, hi: null };
  const rows = [
    [cell(5, shown), cell(4, { ...none, reason: 'few_people' }), cell(6, { ...none, reason: 'few_people' })],
    [cell(0, disagreement([3, 3])), cell(7, { ...none, reason: 'one_pair' })],
  ];
  expect(withIntervals({ rehearsal: false }, { ...table, rows }).intervals?.split(agreed)[1]).toBe(
    ' Where there is none: A claim about people like these needs three of them. An interval needs two pairs of classes.',
  );
  const alone = withIntervals({ rehearsal: false }, { ...table, rows: [[cell(0, disagreement([3, 3]))]] });
  expect(alone.intervals).toBe(`No interval. ${agreed}`);
});

test('a sentence about several intervals names people and networks if they are not all of one of them', () => {
  const table = { id: 't', number: '', title: '', people: true, columns: [{ name: 'x' }], notes: [] };
  const of = (about?: 'people' | 'networks') =>
    quantity(5, 30, 'images', {
      reason: '',
      interval: {
        lo: 1,
        hi: 9,
        claim: 'anchors',
        units: 'pairs',
        n: 9,
        nNull: 0,
        undefined: null,
        ...(about && { about }),
      },
    });
  const noteOf = (...cells: Quantity[]) => withIntervals({ rehearsal: false }, { ...table, rows: [cells] }).intervals;
  expect(noteOf(of('people'))).toContain('with these very people, saying nothing about other people.');
  expect(noteOf(of('networks'), of('networks'))).toContain(
    'with these very networks, saying nothing about new trainings.',
  );
  for (const mixed of [noteOf(of('people'), of('networks')), noteOf(of(), of('people')), noteOf(of('people'), of())]) {
    expect(mixed).toContain('with these very networks and people, saying nothing about new trainings or other people.');
  }
  const raters = (n: number): Quantity => ({
    ...of(),
    interval: { lo: 0.1, hi: 0.9, claim: 'raters', units: 'raters', n, nNull: 0, undefined: null },
  });
  expect(noteOf(raters(10), raters(10))).toContain('Sample size: 10 raters.');
  expect(noteOf(raters(10), raters(9))).toContain('Sample size: 9 to 10 raters.');
});

test('a wider claim names all that it takes as independent, and what makes others alike', () => {
  const jackknife = new GroupJackknife({
    images,
    readSoftmax: null,
    blocks: Array.from({ length: 6 }, (_, run) => `run ${run}`),
    people: votes(5, (rater, image) => (image % 5 < rater ? 1 : 0)),
    networks: votes(6, (rater, image) => (image % 7 < rater ? 1 : 0)),
  });
  const of = (claim: 'anchors' | 'networks' | 'people' | 'all') => {
    const interval = toInterval(shownInterval('type_a_pct', [{ jackknife, sample: true }], claim));
    return interval && intervalText(interval, 'people').replace(/^.*drawn in the same way, /, '');
  };
  const networks = 'other networks like these (new seeds; of a group of recipes, also other such recipes)';
  const people = 'other people like these (recruited in the same way)';
  expect(of('anchors')).toMatch(
    /^with these very networks and people, .*\. Sample size: 10 anchors, as images that share an anchor are not independent$/,
  );
  expect(of('networks')).toBe(
    `and ${networks}, with these very people. Sample size: 10 anchors and 6 trainings, as images that share an anchor are not independent`,
  );
  expect(of('people')).toBe(
    `and ${people}, with these very networks. Sample size: 10 anchors and 5 people, as images that share an anchor are not independent`,
  );
  expect(of('all')).toBe(
    `and ${networks}, and ${people}. Sample size: 10 anchors, 6 trainings and 5 people, as images that share an anchor are not independent`,
  );
});

test('a curve that stays at 0 has no band, and says what holds even so', () => {
  const pairs = { images, units: pairUnits(images) };
  const of = (labels: readonly [number, number]) => rarefy(labelCounts(peopleOf(labels)), 2, pairs);
  const bands = (curve: ReturnType<typeof of>['disagree']) =>
    curve.intervals.flatMap((interval) => toInterval(interval) ?? []).slice(1);
  expect(bandsNote(bands(of([3, 3]).disagree), 'people')).toBe(`No bands. ${agreed}`);
  expect(bandsNote(bands(of([3, 4]).disagree), 'people')).toBe(`No bands. ${split}`);
  // Classes are no share.
  expect(bandsNote(bands(of([3, 4]).distinct), 'people')).toBe(
    'No bands. Nothing varied, which does not mean that nothing can.',
  );
  expect(bandsNote([], 'people')).toBeNull();
});
