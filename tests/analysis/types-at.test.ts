import { expect, test } from 'vitest';
import { claimedValue } from '../../main/analysis/claims/claims.ts';
import type { ImageInput } from '../../main/analysis/outcomes/input.ts';
import { mulberry32 } from '../../main/analysis/statistics/intervals.ts';
import { GroupJackknife } from '../../main/analysis/claims/jackknife.ts';
import { labelCounts, type LabelMatrix, missing, tallyCounts } from '../../main/analysis/labels/labels.ts';
import { rarefyTypesTo } from '../../main/analysis/responses/response-counts.ts';

/** Types if fewer people had been asked: their shares and intervals (metrics.md 14.1). */

const values = ['type_a_pct', 'both_disagree_pct', 'both_agree_pct', 'exception_pct', 'type_c_pct'] as const;
const images = (n: number): ImageInput[] =>
  Array.from({ length: n }, (_, id) => ({ id, pairI: null, pairJ: null, alpha: null, independent: true as const }));

/** Raters who mostly say the first class. @param empty share of labels that are missing */
function raters(random: () => number, count: number, n: number, empty = 0): LabelMatrix {
  const label = (): number => (random() < empty ? missing : random() < 0.9 ? 0 : 1 + Math.floor(2 * random()));
  return { raters: count, images: n, classes: 3, values: Int16Array.from({ length: count * n }, label) };
}

function jackknifeOf(people: LabelMatrix | ReturnType<typeof labelCounts>, networks: LabelMatrix): GroupJackknife {
  const blocks = Array.from({ length: networks.raters }, (_, network) => `${network}`);
  return new GroupJackknife({ images: images(networks.images), people, networks, blocks, readSoftmax: null });
}

test('types at all people are those of all people, under every claim', () => {
  const random = mulberry32(11);
  const [people, networks] = [raters(random, 6, 60), raters(random, 4, 60)];
  const all = jackknifeOf(people, networks);
  const side = (jackknife: GroupJackknife) => [{ jackknife, sample: true }] as const;
  for (const value of values) {
    const [found, asked] = [
      claimedValue(value, side(all)),
      claimedValue(value, side(all.ifAsked(6, labelCounts(people)))),
    ];
    for (const claim of ['anchors', 'networks', 'people', 'all'] as const) {
      const { lo, hi, df } = found.claims[claim];
      const close = (one: number | null) => (one === null ? null : expect.closeTo(one, 9));
      expect(asked.claims[claim], `${value} ${claim}`).toMatchObject({ lo: close(lo), hi: close(hi), df: close(df) });
    }
  }
});

test('types at fewer people have the exact shares, with labels missing too', () => {
  const random = mulberry32(12);
  const [people, networks] = [raters(random, 7, 80, 0.3), raters(random, 3, 80)];
  const counts = labelCounts(people);
  const group = { members: [0, 1, 2], votes: tallyCounts(labelCounts(networks)) };
  for (const m of [2, 4]) {
    const types = rarefyTypesTo(counts, group, m);
    const jackknife = jackknifeOf(counts, networks).ifAsked(m, counts);
    for (const value of values) expect(jackknife.all(value).at(-1)).toBeCloseTo(types[value]!, 9);
  }
});

test('an interval of types at two people, by hand', () => {
  // Of two of three labels: the same in 1, 1/3, 1/3 and 1; the networks differ on the first two images.
  const counts = {
    images: 4,
    classes: 2,
    counts: Uint32Array.of(3, 0, 2, 1, 1, 2, 0, 3),
    present: new Uint32Array(4).fill(3),
  };
  const networks = { raters: 2, images: 4, classes: 2, values: Int16Array.of(0, 0, 1, 0, 1, 1, 1, 0) };
  const jackknife = jackknifeOf(counts, networks).ifAsked(2, counts);
  const of = (value: (typeof values)[number]) => claimedValue(value, [{ jackknife, sample: false }]).claims.anchors;
  // A: 100, 100/3, 0, 0 percent; C: 0, 0, 200/3, 0; the mean of four, and its standard error.
  const error = (list: readonly number[]) => {
    const mean = list.reduce((sum, x) => sum + x, 0) / 4;
    return Math.sqrt(list.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 12);
  };
  const shares = {
    type_a_pct: [100, 100 / 3, 0, 0],
    type_c_pct: [0, 0, 200 / 3, 0],
    exception_pct: [0, 0, 0, 100],
  } as const;
  for (const [value, list] of Object.entries(shares) as [keyof typeof shares, readonly number[]][]) {
    expect(of(value)).toMatchObject({ se: expect.closeTo(error(list), 10), df: 3, reason: null });
    expect(jackknife.all(value).at(-1)).toBeCloseTo(list.reduce((sum, x) => sum + x, 0) / 4, 10);
  }
  // Nobody knows who gave which label.
  expect(claimedValue('type_a_pct', [{ jackknife, sample: false }]).claims.people.reason).toBe('counted');
});

test('a person left out changes who can be asked: the same number of people, of those that are left', () => {
  const random = mulberry32(13);
  const [people, networks] = [raters(random, 5, 40), raters(random, 3, 40)];
  const without = jackknifeOf(people, networks).ifAsked(3, labelCounts(people)).withoutLabelers('type_a_pct')!;
  const group = { members: [0, 1, 2], votes: tallyCounts(labelCounts(networks)) };
  const expected = Array.from({ length: 5 }, (_, left) => {
    const others = people.values.filter((_, cell) => Math.floor(cell / 40) !== left);
    return rarefyTypesTo(labelCounts({ ...people, raters: 4, values: others }), group, 3).type_a_pct!;
  });
  expect(without.map((table) => table.at(-1))).toEqual(expected.map((share) => expect.closeTo(share, 9)));
});
