import { bootstrap, meanOver, type Units } from './bootstrap.ts';
import type { CorrectedInterval } from './corrected-interval.ts';
import { countsOf } from './label-counts.ts';
import { holm } from './holm.ts';
import type { GroupView } from './group-view.ts';
import type { HumanView } from './humans.ts';
import { canDisagree, type ImageClass } from './image-classes.ts';
import { mcnemar } from './mcnemar.ts';
import { signFlip } from './permutation.ts';
import { resamplingUnits, type PairRow } from './units.ts';

/** One side of a comparison: a group, and the people it is compared with. */
export interface Side {
  readonly view: GroupView;
  readonly humans: HumanView;
}

/** One test of first minus second. */
export interface ComparisonTest {
  name: string;
  about: string;
  unit: 'image' | 'pair';
  /** First minus second, percent or bits. */
  difference: number | null;
  in: 'percent' | 'bits';
  interval: CorrectedInterval | null;
  p: number | null;
  /** Adjusted for all tests of the comparison. */
  holm: number | null;
  method: string;
  n: number;
  undefined: string | null;
}

export interface Comparison {
  /** Images that are determined on both sides. */
  images: number;
  tests: ComparisonTest[];
  /** Places of images whose type differs. */
  changed: { image: number; a: ImageClass | null; b: ImageClass | null }[];
}

/** An event of one image under one side. */
type Event = (side: Side, image: number) => boolean;
type Value = (side: Side, image: number) => number;

const events: { name: string; about: string; event: Event; needsTwo: boolean }[] = [
  { name: 'type A', about: 'only networks disagree', event: isType('type_a'), needsTwo: true },
  { name: 'type C', about: 'only people disagree', event: isType('type_c'), needsTwo: true },
  {
    name: 'networks disagree',
    about: 'two networks of the group differ',
    event: ({ view }, image) => view.group.votes.distinct[image]! > 1,
    needsTwo: true,
  },
  {
    name: 'people disagree',
    about: 'two people differ',
    event: ({ humans }, image) => humans.status[image] === 'disagree',
    needsTwo: false,
  },
  {
    name: 'misclassified by any',
    about: 'people agree and some network is wrong',
    event: ({ view }, image) => view.wrongShare[image]! > 0,
    needsTwo: false,
  },
];

const values: { name: string; about: string; value: Value; in: 'percent' | 'bits'; needsTwo: boolean }[] = [
  {
    name: 'misclassified per network',
    about: 'share of networks that are wrong',
    value: ({ view }, image) => 100 * view.wrongShare[image]!,
    in: 'percent',
    needsTwo: false,
  },
  {
    name: 'pairwise disagreement',
    about: 'share of pairs of networks that differ',
    value: ({ view }, image) => pairsThatDiffer(view, image),
    in: 'percent',
    needsTwo: true,
  },
  {
    name: 'divergence from people',
    about: 'Jensen-Shannon divergence of mean softmax and the labels of people',
    value: ({ view }, image) => view.distances.js_bits[image] ?? 0,
    in: 'bits',
    needsTwo: false,
  },
];

function isType(type: ImageClass): Event {
  return ({ view }, image) => view.classified.classes[image] === type;
}

function pairsThatDiffer({ counts, group }: GroupView, image: number): number {
  const models = group.members.length;
  const same = countsOf(counts, image).reduce((sum, count) => sum + count * (count - 1), 0);
  return 100 * (1 - same / (models * (models - 1)));
}

/**
 * Two groups, or the same group under other people, image by image (SPEC 8): McNemar's test for events, sign flips of
 * whole pairs for shares, each with the pair-level interval of the difference; p adjusted by Holm over all of them. Both
 * sides list the same images in the same order.
 */
export function compareSides(a: Side, b: Side, pairs: readonly PairRow[]): Comparison {
  const status = a.humans.status.map((one, image) => (b.humans.status[image] === null ? null : one));
  const units = resamplingUnits(pairs, { ...a.humans, status });
  const images = units.image.flat();
  const two = canDisagree(a.view.group) && canDisagree(b.view.group);
  const why = (needsTwo: boolean): string | null => {
    if (images.length === 0) return 'because no image was labelled by at least two labelers on both sides';
    return needsTwo && !two ? 'because a group has fewer than two networks' : null;
  };
  const tests = [
    ...events.map(({ needsTwo, ...of }) => eventTest(of, a, b, images, units.pair, why(needsTwo))),
    ...values.map(({ needsTwo, ...of }) => valueTest(of, a, b, units.pair, images.length, why(needsTwo))),
  ];
  const adjusted = holm(tests.map(({ p }) => p));
  const changed = a.view.classified.classes.flatMap((type, image) => {
    const other = b.view.classified.classes[image] ?? null;
    return type === other ? [] : [{ image, a: type, b: other }];
  });
  return { images: images.length, tests: tests.map((test, at) => ({ ...test, holm: adjusted[at] ?? null })), changed };
}

function difference(
  units: Units,
  a: Side,
  b: Side,
  value: Value,
): { interval: CorrectedInterval | null; d: Float64Array } {
  const d = Float64Array.from(a.view.wrongShare, (_, image) => value(a, image) - value(b, image));
  return { d, interval: bootstrap(units.length, { difference: meanOver(units, d) })?.corrected.difference ?? null };
}

function eventTest(
  { name, about, event }: { name: string; about: string; event: Event },
  a: Side,
  b: Side,
  images: readonly number[],
  pairs: Units,
  why: string | null,
): ComparisonTest {
  const about100: Value = (side, image) => (event(side, image) ? 100 : 0);
  const only = (x: Side, y: Side): number => images.filter((image) => event(x, image) && !event(y, image)).length;
  const { b: first, c: second, n_discordant: discordant, p_exact: p } = mcnemar(only(a, b), only(b, a));
  return {
    ...{ name, about, unit: 'image', in: 'percent', holm: null, n: images.length, undefined: why },
    difference: why === null ? (100 * (first - second)) / images.length : null,
    interval: why === null ? difference(pairs, a, b, about100).interval : null,
    p: why === null ? p : null,
    method: `McNemar, exact: ${first} and ${second} of ${discordant} images`,
  };
}

function valueTest(
  { name, about, value, in: unit }: { name: string; about: string; value: Value; in: 'percent' | 'bits' },
  a: Side,
  b: Side,
  pairs: Units,
  images: number,
  why: string | null,
): ComparisonTest {
  const { d, interval } = difference(pairs, a, b, why === null ? value : () => 0);
  const flip = signFlip(pairs, d);
  const undefinedHere = why ?? (flip.p === null ? 'because no image belongs to a pair' : null);
  return {
    ...{ name, about, unit: 'pair', in: unit, holm: null, n: images, undefined: undefinedHere },
    difference: undefinedHere === null ? flip.statistic : null,
    interval: undefinedHere === null ? interval : null,
    p: undefinedHere === null ? flip.p : null,
    method: `sign flips of ${flip.n_units} pairs, ${flip.method}`,
  };
}
