import { claimedValue, type ClaimedInterval, shownInterval } from '../../../main/analysis/claims/claims.ts';
import { pairedTest, pairedValues } from '../../../main/contributions/groups/analysis/paired-test.ts';
import { type Claim, claims } from '../../../main/contract/results/exhibit.ts';
import { GroupJackknife } from '../../../main/analysis/claims/jackknife.ts';
import { holm } from '../../../main/analysis/groups/paired-tests.ts';
import { pairUnits } from '../../../main/analysis/outcomes/units.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { expected, type Measured, measured, type Said, truth } from './truth.ts';
import {
  type Answers,
  answer,
  type Design,
  drawRaters,
  drawStimuli,
  freshImages,
  images,
  type RaterKind,
} from './world.ts';

/**
 * Shares of the variance between pairs that anchors carry. How much networks or people disagree on pairs of a common
 * anchor then correlates by 0, .15 and .3; types and errors, which are rarer, by a little less.
 */
export const designs = {
  'shared-0': { anchors: 'shared', anchorShare: 0 },
  'shared-15': { anchors: 'shared', anchorShare: 0.47 },
  'shared-30': { anchors: 'shared', anchorShare: 0.85 },
  fresh: { anchors: 'fresh', anchorShare: 1 },
} as const satisfies Record<string, Design>;
export type DesignName = keyof typeof designs;
export const designNames = Object.keys(designs) as DesignName[];

const unitsOf = { shared: pairUnits(images), fresh: pairUnits(freshImages) } as const;

/** How many intervals held the truth, lay above it, below it, or were undefined. */
export interface Held {
  held: number;
  above: number;
  below: number;
  undefined: number;
}

/** Of one design and number of raters. */
export interface LevelCounts {
  studies: number;
  held: Record<string, Held>;
  /** The same of the claim `anchors` as if no pairs shared one: what an analysis by pairs would show. */
  independent: Record<Measured, Held>;
  /** Sums of products u_p u_q of the pairs' influences: p = q, pairs that share an anchor, others. */
  products: Record<Measured, [own: number, sharing: number, others: number]>;
}

export const heldKey = (value: Measured, claim: Claim): string => `${value} ${claim}`;

export const noneHeld = (): Held => ({ held: 0, above: 0, below: 0, undefined: 0 });

export const noLevels = (): LevelCounts => ({
  studies: 0,
  held: Object.fromEntries(measured.flatMap((value) => claims.map((claim) => [heldKey(value, claim), noneHeld()]))),
  independent: Object.fromEntries(measured.map((value) => [value, noneHeld()])) as LevelCounts['independent'],
  products: Object.fromEntries(measured.map((value) => [value, [0, 0, 0]])) as LevelCounts['products'],
});

export interface LevelCell {
  design: DesignName;
  networks: number;
  people: number;
}

export const groupOf = (design: DesignName, people: Answers, networks: Answers, name = ''): GroupJackknife => {
  const { softmax, labels } = networks;
  const { anchors } = designs[design];
  return new GroupJackknife(
    {
      images: anchors === 'shared' ? images : freshImages,
      people: people.labels,
      networks: labels,
      blocks: Array.from({ length: labels.raters }, (_, network) => `${name}${network}`),
      readSoftmax: softmax.length > 0 ? (network) => at(softmax, network) : null,
    },
    unitsOf[anchors],
  );
};

/**
 * Adds one study, in which anchors, pairs, networks and people are all drawn anew. Each claim has a truth of its own:
 * what these very networks and people would show in endlessly many pairs (`anchors`), and what others like the
 * networks, the people, or both would.
 */
export function addStudy(counts: LevelCounts, { design, networks, people }: LevelCell): void {
  const random = randomStream(counts.studies, 'coverage', design, networks, people);
  const [ofNetworks, ofPeople] = [drawRaters(random, 'networks', networks), drawRaters(random, 'people', people)];
  const stimuli = drawStimuli(random, designs[design]);
  const answers = [
    answer(random, stimuli, 'people', ofPeople),
    answer(random, stimuli, 'networks', ofNetworks),
  ] as const;
  const own = groupOf(design, ...answers);
  const independent = groupOf('fresh', ...answers);
  const [human, network] = [expected('people', { these: ofPeople }), expected('networks', { these: ofNetworks })];
  const [humans, likeNetworks] = [others('people', people), others('networks', networks)];
  const truths = {
    anchors: truth(human, network),
    networks: truth(human, likeNetworks),
    people: truth(humans, network),
    all: truth(humans, likeNetworks),
  };
  for (const value of measured) {
    const found = claimedValue(value, [{ jackknife: own, sample: true }]);
    for (const claim of claims) add(counts.held[heldKey(value, claim)]!, found.claims[claim], truths[claim][value]);
    const byPairs = shownInterval(value, [{ jackknife: independent, sample: true }], 'anchors');
    add(counts.independent[value], byPairs, truths.anchors[value]);
    addProducts(counts.products[value], own, value);
  }
  counts.studies++;
}

/** Counts an interval. */
export function add(count: Held, { lo, hi }: Pick<ClaimedInterval, 'lo' | 'hi'>, right: number): void {
  if (lo === null || hi === null) count.undefined++;
  else if (right < lo) count.above++;
  else if (right > hi) count.below++;
  else count.held++;
}

const expectations = new Map<string, Said>();

/** Of others like the raters of this world. */
function others(kind: RaterKind, count: number): Said {
  const key = `${kind} ${count}`;
  const found = expectations.get(key) ?? expected(kind, { others: count });
  expectations.set(key, found);
  return found;
}

function addProducts(sums: LevelCounts['products'][Measured], own: GroupJackknife, value: Measured): void {
  const { sharing, pairs } = own.units;
  const left = own.all(value).subarray(0, pairs.length);
  const mean = left.reduce((sum, x) => sum + x, 0) / pairs.length;
  const u = left.map((x) => mean - x);
  const squares = u.reduce((sum, x) => sum + x ** 2, 0);
  let shared = 0;
  sharing.forEach((list, p) => {
    for (const q of list) shared += 2 * u[p]! * u[q]!;
  });
  if (Number.isNaN(squares + shared)) return;
  sums[0] += squares;
  sums[1] += shared;
  // The influences add up to 0.
  sums[2] -= squares + shared;
}

/** The correlation of values of pairs that share an anchor, without what all pairs have in common; null: none share. */
export function anchorCorrelation(design: DesignName, counts: LevelCounts, value: Measured): number | null {
  const units = unitsOf[designs[design].anchors];
  const P = units.pairs.length;
  if (units.shared === P) return null;
  const [own, sharing, others] = counts.products[value];
  const rest = others / (P ** 2 - units.shared);
  return (sharing / (units.shared - P) - rest) / (own / P - rest);
}

/** Which of two claims a null difference is tested under. */
export const nulls = ['networks', 'anchors'] as const;
export type Null = (typeof nulls)[number];

export interface DifferenceCounts {
  studies: number;
  /** Of each value: p below 5 %; and p defined. */
  rejected: Record<string, number>;
  tested: Record<string, number>;
  /** Some value's p of a study below 5 % after Holm's adjustment. */
  family: Record<Null, number>;
}

export const rejectedKey = (value: string, of: Null): string => `${value} ${of}`;

export function noDifferences(): DifferenceCounts {
  const zero = (): Record<string, number> =>
    Object.fromEntries(pairedValues.flatMap((value) => nulls.map((of) => [rejectedKey(value, of), 0])));
  return { studies: 0, rejected: zero(), tested: zero(), family: { networks: 0, anchors: 0 } };
}

/**
 * Adds a comparison of two groups of one recipe on the same images. `networks`: both groups are new networks; tested by
 * the claim of that name. `anchors`: the second group has the tendencies of the first, and dealings with anchors and
 * images of its own; tested as pairs of values on the same images (metrics.md 13.9).
 */
export function addDifference(counts: DifferenceCounts, { design, networks, people }: LevelCell): void {
  const random = randomStream(counts.studies, 'difference', design, networks, people);
  const stimuli = drawStimuli(random, designs[design]);
  const ofPeople = answer(random, stimuli, 'people', drawRaters(random, 'people', people));
  const first = drawRaters(random, 'networks', networks);
  const group = (name: string, raters: Float64Array) => ({
    jackknife: groupOf(design, ofPeople, answer(random, stimuli, 'networks', raters, true), name),
    sample: true,
  });
  const a = group('a', first);
  const second = { networks: group('b', drawRaters(random, 'networks', networks)), anchors: group('c', first) };
  for (const of of nulls) {
    const sides = [a, second[of]] as const;
    const ps = pairedValues.map((value) => {
      const found = claimedValue(value, sides);
      const p = of === 'networks' ? found.claims.networks.p : pairedTest(value, sides, found.claims.anchors).p;
      if (p !== null) counts.tested[rejectedKey(value, of)]! += 1;
      if (p !== null && p < 0.05) counts.rejected[rejectedKey(value, of)]! += 1;
      return p;
    });
    if (holm(ps).some((p) => p !== null && p < 0.05)) counts.family[of]++;
  }
  counts.studies++;
}
