import type { z } from 'zod';
import type { comparisonTestSchema } from '../contract/test.ts';
import type { ClaimChoice } from '../../../contract/results/index.ts';
import { suffices, whyNotKnown } from '../../../analysis/labels/index.ts';
import type { HumanCounts } from '../../../analysis/raters/index.ts';
import { type ClaimSide, shownInterval, type ShownInterval, type SumValue } from '../../../analysis/claims/index.ts';
import { pairedTest } from './paired-test.ts';
import { evenDifference, movesWith, type SizedSide, type SizedValue, unevenSizes } from './even-sizes.ts';
import { type GroupView, holm } from '../../../analysis/groups/index.ts';
import { whyNotOfKind } from '../../../domain/results/index.ts';
import { canDisagree, type ImageClass } from '../../../analysis/outcomes/index.ts';

/** A group, and the people it is compared with. */
export interface Side {
  readonly view: GroupView;
  readonly humans: HumanCounts;
  readonly claims: ClaimSide;
}

/** A value that is compared. */
interface Topic {
  readonly name: string;
  readonly about: string;
  readonly value: SumValue;
  readonly in: 'percent' | 'bits';
  /** Whose answers decide it. */
  readonly of: 'people' | 'networks' | 'both';
  /** Undefined for a group of one network. */
  readonly needsTwo: boolean;
  /** What it counts, where it counts images. */
  readonly event?: (side: Side, image: number) => boolean;
}

const isType =
  (type: ImageClass) =>
  ({ view }: Side, image: number): boolean =>
    view.classified.classes[image] === type;

const topics: readonly Topic[] = [
  {
    name: 'type A',
    about: 'only networks disagree',
    of: 'both',
    needsTwo: true,
    value: 'type_a_pct',
    in: 'percent',
    event: isType('type_a'),
  },
  {
    name: 'type C',
    about: 'only people disagree',
    of: 'both',
    needsTwo: true,
    value: 'type_c_pct',
    in: 'percent',
    event: isType('type_c'),
  },
  {
    name: 'networks disagree',
    about: 'two networks of the group differ',
    of: 'networks',
    needsTwo: true,
    value: 'any_differ_pct',
    in: 'percent',
    event: ({ view }, image) => view.group.votes.distinct[image]! > 1,
  },
  {
    name: 'people disagree',
    about: 'two people differ',
    of: 'people',
    needsTwo: false,
    value: 'human_disagree_pct',
    in: 'percent',
    event: ({ humans }, image) => humans.view.status[image] === 'disagree',
  },
  {
    name: 'misclassified by any',
    about: 'people agree and some network is wrong',
    of: 'both',
    needsTwo: false,
    value: 'misclassified_across_pct',
    in: 'percent',
    event: ({ view }, image) => view.wrongShare[image]! > 0,
  },
  {
    name: 'misclassified per network',
    about: 'share of networks that are wrong',
    of: 'both',
    needsTwo: false,
    value: 'misclassified_per_model_pct',
    in: 'percent',
  },
  {
    name: 'pairwise disagreement',
    about: 'share of pairs of networks that differ',
    needsTwo: true,
    of: 'networks',
    value: 'pairwise_disagreement_pct',
    in: 'percent',
  },
  {
    name: 'divergence from people',
    of: 'both',
    needsTwo: false,
    value: 'js_bits',
    in: 'bits',
    about: 'Jensen-Shannon divergence of mean softmax and the labels of people',
  },
];

/** What is one and the same on both sides, so that nothing about it alone can differ. */
export interface Shared {
  readonly people: boolean;
  readonly networks: boolean;
}

/** A test as pages show it, but for places of images. */
export interface ComparisonTest extends Omit<z.infer<typeof comparisonTestSchema>, 'interval' | 'discordant'> {
  /** Null: it is undefined. */
  interval: ShownInterval | null;
  /** Places of images that are counted on one side only; null where it is not a count. A description, and no test. */
  discordant: { first: number[]; second: number[] } | null;
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
 * Two groups, or the same group under other people: the difference of each value with its interval under the chosen
 * claim (metrics.md 13.8). Its test is that of the claim; about these very networks and people, the paired test of
 * metrics.md 13.9. Where a value depends on how many raters there are, sides of different sizes are compared at the
 * smaller size (metrics.md 13.9). p adjusted by Holm over all that have one. Both sides list the same images in the same
 * order.
 */
export function compareSides(a: Side, b: Side, shared: Shared, claim: ClaimChoice): Comparison {
  const determined = a.humans.view.status.flatMap((one, image) =>
    one === null || b.humans.view.status[image] === null ? [] : [image],
  );
  const all = a.humans.view.status.map((_, image) => image);
  const two = canDisagree(a.view.group) && canDisagree(b.view.group);
  // Other people may have labeled other images: what is compared is of the same ones.
  const known = suffices(a.view.answers, b.view.answers) ? b.view.answers : a.view.answers;
  const both = shared.people ? { a, b } : onCommonImages({ a, b }, new Set(determined));
  const tests = topics.map((topic) => {
    const images = topic.of === 'networks' ? all : determined;
    const { value } = topic;
    const noShares = whyNotOfKind(a.humans.kind, 'shares') ?? whyNotOfKind(b.humans.kind, 'shares');
    const noDivergence = value === 'js_bits' ? (noShares ?? whyNotKnown(known, 'softmax')) : null;
    const why = noDivergence ?? whyNot(topic, shared, images, two);
    const uneven = unevenIn(value, { a, b });
    const found = (): ComparisonTest => test(topic, both, images, why, claim);
    if (why !== null || !isSized(value) || !(uneven.networks || uneven.people)) return found();
    return value === 'js_bits' ? { ...found(), sizes: notEvened } : evenTest(topic, value, { a, b }, images);
  });
  const adjusted = holm(tests.map(({ p }) => p));
  return {
    images: determined.length,
    tests: tests.map((one, at) => ({ ...one, holm: adjusted[at] ?? null })),
    ...typesOfBoth({ a, b }),
  };
}

const sized = ({ view, humans }: Side): SizedSide => ({
  people: humans.drawn,
  status: humans.view.status,
  networks: view.counts,
});

const isSized = (value: SumValue): value is SizedValue | 'js_bits' => value in movesWith;

/** What two sides do not have equally many of, as far as a value moves with it. */
function unevenIn(value: SumValue, { a, b }: Both): { networks: boolean; people: boolean } {
  const moves = isSized(value) ? movesWith[value] : { networks: false, people: false };
  const { networks, people } = unevenSizes(sized(a), sized(b));
  return { networks: moves.networks && networks[0] !== networks[1], people: moves.people && people };
}

const notEvened =
  'The sides have different numbers of raters. This value moves with them, and no exact mean over choices of fewer is known.';

/** The difference at the size of the smaller side. What is counted with all raters of each side would mislead. */
function evenTest({ name, about, in: unit }: Topic, value: SizedValue, { a, b }: Both, images: readonly number[]) {
  const sides = [sized(a), sized(b)] as const;
  const { interval, p, method, sets } = evenDifference(value, sides, { units: a.claims.jackknife.units, images });
  const uneven = unevenIn(value, { a, b });
  const { networks } = unevenSizes(...sides);
  const parts = [
    ...(uneven.networks ? [`${Math.min(...networks)} of ${Math.max(...networks)} networks`] : []),
    ...(uneven.people ? ['as many people on each image as label it on both sides'] : []),
  ];
  const flips = `sign flips of ${sets} independent sets of pairs`;
  return {
    name,
    about,
    in: unit,
    n: images.length,
    holm: null,
    discordant: null,
    undefined: null,
    difference: interval.estimate,
    interval,
    p,
    method: p === null ? '' : method === 'sign_flips' ? flips : `t, ${interval.df?.toFixed(1)} degrees of freedom`,
    sizes: `At equal sizes: the exact mean over all choices of ${parts.join(' and ')}. It is about these very networks and people.`,
  };
}

function onCommonImages({ a, b }: Both, common: ReadonlySet<number>): Both {
  const cut = (side: Side): Side => {
    const { jackknife, sample } = side.claims;
    return { ...side, claims: { jackknife: jackknife.onImages((image) => common.has(image)), sample } };
  };
  return { a: cut(a), b: cut(b) };
}

function whyNot(topic: Topic, shared: Shared, images: readonly number[], two: boolean): string | null {
  if (isShared(topic, shared)) return sameSides[topic.of];
  if (images.length === 0) return 'No image was labeled by at least two labelers on both sides.';
  return topic.needsTwo && !two ? 'A group has fewer than two networks.' : null;
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

function test(
  { name, about, value, in: unit, event }: Topic,
  { a, b }: Both,
  images: readonly number[],
  why: string | null,
  claim: ClaimChoice,
): ComparisonTest {
  const known = { name, about, in: unit, n: images.length, holm: null, sizes: null };
  const nothing = { difference: null, interval: null, p: null, discordant: null };
  if (why !== null) return { ...known, ...nothing, method: '', undefined: why };
  const sides = [a.claims, b.claims] as const;
  const interval = shownInterval(value, sides, claim);
  if (interval.estimate === null)
    return { ...known, ...nothing, method: '', undefined: 'It is undefined on one side.' };
  const only = (x: Side, y: Side): number[] =>
    event ? images.filter((image) => event(x, image) && !event(y, image)) : [];
  return {
    ...known,
    ...testOf(value, sides, interval),
    difference: interval.estimate,
    interval,
    undefined: null,
    discordant: event ? { first: only(a, b), second: only(b, a) } : null,
  };
}

function testOf(
  value: SumValue,
  sides: readonly [ClaimSide, ClaimSide],
  interval: ShownInterval,
): { p: number | null; method: string } {
  const t = { p: interval.p, method: `t, ${interval.df?.toFixed(1)} degrees of freedom` };
  if (interval.claim !== 'anchors') return interval.p === null ? { p: null, method: '' } : t;
  const { method, n_units: units, p } = pairedTest(value, sides, interval);
  if (method === 'sign_flips') return { p, method: `sign flips of ${units} independent sets of pairs` };
  return p === null ? { p, method: '' } : t;
}
