import { pairsThatDiffer } from './group-intervals.ts';
import type { GroupView } from './group-view.ts';
import type { HumanView } from './humans.ts';
import { canDisagree, type ImageClass } from './image-types.ts';
import { type PairRow, resamplingUnits, type ResamplingUnits } from './input.ts';
import { bootstrap, type CorrectedInterval, meanOver, type Units } from './intervals.ts';
import { holm, mcnemar, signFlip } from './paired-tests.ts';

/** One side of a comparison: a group, and the people it is compared with. */
export interface Side {
  readonly view: GroupView;
  readonly humans: HumanView;
}

type Event = (side: Side, image: number) => boolean;
type Value = (side: Side, image: number) => number;

interface Topic {
  readonly name: string;
  readonly about: string;
  /** Whose answers decide it. */
  readonly of: 'people' | 'networks' | 'both';
  /** Undefined for a group of one network. */
  readonly needsTwo: boolean;
}

const isType =
  (type: ImageClass): Event =>
  ({ view }, image) =>
    view.classified.classes[image] === type;

const events: readonly (Topic & { readonly event: Event })[] = [
  { name: 'type A', about: 'only networks disagree', of: 'both', event: isType('type_a'), needsTwo: true },
  { name: 'type C', about: 'only people disagree', of: 'both', event: isType('type_c'), needsTwo: true },
  {
    ...{ name: 'networks disagree', about: 'two networks of the group differ', of: 'networks', needsTwo: true },
    event: ({ view }, image) => view.group.votes.distinct[image]! > 1,
  },
  {
    ...{ name: 'people disagree', about: 'two people differ', of: 'people', needsTwo: false },
    event: ({ humans }, image) => humans.status[image] === 'disagree',
  },
  {
    ...{ name: 'misclassified by any', about: 'people agree and some network is wrong', of: 'both', needsTwo: false },
    event: ({ view }, image) => view.wrongShare[image]! > 0,
  },
];

export const values: readonly (Topic & { readonly value: Value; readonly in: 'percent' | 'bits' })[] = [
  {
    ...{ name: 'misclassified per network', about: 'share of networks that are wrong', of: 'both', needsTwo: false },
    value: ({ view }, image) => 100 * view.wrongShare[image]!,
    in: 'percent',
  },
  {
    ...{ name: 'pairwise disagreement', about: 'share of pairs of networks that differ', needsTwo: true },
    of: 'networks',
    value: ({ view }, image) => pairsThatDiffer(view, image),
    in: 'percent',
  },
  {
    name: 'divergence from people',
    about: 'Jensen-Shannon divergence of mean softmax and the labels of people',
    of: 'both',
    value: ({ view }, image) => view.distances.js_bits[image] ?? 0,
    in: 'bits',
    needsTwo: false,
  },
];

/** What is one and the same on both sides, so that nothing about it alone can differ. */
export interface Shared {
  readonly people: boolean;
  readonly networks: boolean;
}

export interface ComparisonTest {
  name: string;
  about: string;
  /** What the test takes as independent of each other. */
  unit: 'image' | 'pair';
  /** First minus second, percent or bits. */
  difference: number | null;
  in: 'percent' | 'bits';
  /** Of the difference, by what is drawn. */
  interval: Record<'image' | 'pair', CorrectedInterval | null>;
  p: number | null;
  /** Adjusted for all tests of the comparison that have a p. */
  holm: number | null;
  method: string;
  n: number;
  /** Places of images that are counted on one side only; null where it is not a count. */
  discordant: { first: number[]; second: number[] } | null;
  /** Why there is no difference: a sentence. */
  undefined: string | null;
}

export interface Comparison {
  /** Images that are determined on both sides. */
  images: number;
  tests: ComparisonTest[];
  /** Places of images that have a type on both sides, another one on each. */
  changed: { image: number; a: ImageClass; b: ImageClass }[];
  /** Places of images that have a type on one side only. */
  typedOnce: { first: number[]; second: number[] };
}

type Both = Readonly<Record<'a' | 'b', Side>>;

/**
 * Two groups, or the same group under other people, image by image (metrics.md 8): McNemar's test for events, sign
 * flips of complete pairs for shares, each with the intervals of the difference; p adjusted by Holm over all that have
 * one. What concerns networks alone is compared on all images, the rest on those that are determined on both sides.
 * Both sides list the same images in the same order.
 */
export function compareSides(a: Side, b: Side, pairs: readonly PairRow[], shared: Shared): Comparison {
  const status = a.humans.status.map((one, image) => (b.humans.status[image] === null ? null : one));
  const determined = resamplingUnits(pairs, { ...a.humans, status });
  const all: ResamplingUnits = { image: status.map((_, image) => [image]), pair: pairs.map((row) => row.images) };
  const two = canDisagree(a.view.group) && canDisagree(b.view.group);
  const topicUnits = ({ of }: Topic): ResamplingUnits => (of === 'networks' ? all : determined);
  const why = (topic: Topic): string | null => {
    if (isShared(topic, shared)) return sameSides[topic.of];
    if (topicUnits(topic).image.length === 0) return 'No image was labelled by at least two labelers on both sides.';
    return topic.needsTwo && !two ? 'A group has fewer than two networks.' : null;
  };
  const tests = [
    ...events.map((topic) => eventTest(topic, { a, b }, topicUnits(topic), why(topic))),
    ...values.map((topic) => valueTest(topic, { a, b }, topicUnits(topic), why(topic))),
  ];
  const adjusted = holm(tests.map(({ p }) => p));
  return {
    images: determined.image.length,
    tests: tests.map((test, at) => ({ ...test, holm: adjusted[at] ?? null })),
    ...typesOfBoth({ a, b }),
  };
}

const isShared = ({ of }: Topic, { people, networks }: Shared): boolean =>
  of === 'people' ? people : of === 'networks' ? networks : people && networks;

const sameSides: Record<Topic['of'], string> = {
  people: 'Both sides have the same labelers.',
  networks: 'Both sides have the same networks.',
  both: 'Both sides are the same.',
};

function typesOfBoth({ a, b }: Both): Pick<Comparison, 'changed' | 'typedOnce'> {
  const changed: Comparison['changed'] = [];
  const typedOnce: Comparison['typedOnce'] = { first: [], second: [] };
  a.view.classified.classes.forEach((first, image) => {
    const second = b.view.classified.classes[image] ?? null;
    if (first !== null && second !== null) {
      if (first !== second) changed.push({ image, a: first, b: second });
    } else if (first !== null) typedOnce.first.push(image);
    else if (second !== null) typedOnce.second.push(image);
  });
  return { changed, typedOnce };
}

const noInterval = { image: null, pair: null } as const;

/** Intervals of the mean difference, by what is drawn. */
function differenceIntervals(units: ResamplingUnits, d: Float64Array): ComparisonTest['interval'] {
  const of = (own: Units): CorrectedInterval | null =>
    bootstrap(own.length, { difference: meanOver(own, d) })?.corrected.difference ?? null;
  return { image: of(units.image), pair: of(units.pair) };
}

const differences = (value: Value, { a, b }: Both): Float64Array =>
  Float64Array.from(a.view.wrongShare, (_, image) => value(a, image) - value(b, image));

function eventTest(
  { name, about, event }: (typeof events)[number],
  { a, b }: Both,
  units: ResamplingUnits,
  why: string | null,
): ComparisonTest {
  const images = units.image.flat();
  const only = (x: Side, y: Side): number[] =>
    why === null ? images.filter((image) => event(x, image) && !event(y, image)) : [];
  const [first, second] = [only(a, b), only(b, a)];
  const method = 'McNemar, exact';
  const test = { name, about, unit: 'image', in: 'percent', holm: null, n: images.length, method } as const;
  if (why !== null)
    return { ...test, undefined: why, difference: null, interval: noInterval, p: null, discordant: null };
  const asPercent: Value = (side, image) => (event(side, image) ? 100 : 0);
  return {
    ...{ ...test, undefined: null, discordant: { first, second } },
    difference: (100 * (first.length - second.length)) / images.length,
    interval: differenceIntervals(units, differences(asPercent, { a, b })),
    p: mcnemar(first.length, second.length).p_exact,
  };
}

function valueTest(
  { name, about, value, in: unit }: (typeof values)[number],
  both: Both,
  units: ResamplingUnits,
  why: string | null,
): ComparisonTest {
  const d = why === null ? differences(value, both) : new Float64Array();
  const flip = why === null ? signFlip(units.pair, d) : null;
  const undefinedHere = why ?? (flip?.p === null ? 'No image belongs to a pair.' : null);
  const test = { name, about, unit: 'pair', in: unit, holm: null, n: units.image.length, discordant: null } as const;
  if (undefinedHere !== null || !flip) {
    const method = `sign flips of ${units.pair.length} pairs`;
    return { ...test, method, undefined: undefinedHere, difference: null, interval: noInterval, p: null };
  }
  return {
    ...{ ...test, undefined: null, difference: flip.statistic, p: flip.p },
    interval: differenceIntervals(units, d),
    method: `sign flips of ${flip.n_units} pairs, ${flip.method}`,
  };
}
