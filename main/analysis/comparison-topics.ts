import type { GroupView } from './group-view.ts';
import type { HumanView } from './humans.ts';
import type { ImageClass } from './image-classes.ts';
import { pairsThatDiffer } from './group-intervals.ts';

/** One side of a comparison: a group, and the people it is compared with. */
export interface Side {
  readonly view: GroupView;
  readonly humans: HumanView;
}

/** An event of one image under one side. */
export type Event = (side: Side, image: number) => boolean;
export type Value = (side: Side, image: number) => number;

/** What two sides are compared in. */
export interface Topic {
  readonly name: string;
  /** In words. */
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

/** What an image is or is not. */
export const events: readonly (Topic & { readonly event: Event })[] = [
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

/** What an image has more or less of. */
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
