import { at } from '../../../domain/numbers/index.ts';
import { type LeftOutInterval, leftOutInterval } from './left-out-interval.ts';
import { type ImageInput, pairUnits } from '../../../analysis/outcomes/index.ts';

/** How well a score finds the images on which something happens, such as people who disagree (metrics.md 16). */
export interface Deferral {
  /** The chance that an image with the event has the larger score than one without it, ties counted half, 0..1. */
  auc: { estimate: number | null } & LeftOutInterval;
  /** By d = 0..n - 1: expected share of events among the images kept when the d with the largest scores are deferred. */
  curve: number[];
  /** Mean of the curve; of one that defers at random; and of one that knows the events. */
  area: number;
  area_random: number;
  area_ideal: number;
}

/** Scores that differ by no more are tied. */
const tied = 1e-12;

/**
 * @param scores of each image, the larger the sooner it is deferred
 * @param events whether it happens on an image; null: such an image does not count
 * @returns null where no image counts
 */
export function deferral(
  images: readonly ImageInput[],
  scores: ArrayLike<number>,
  events: readonly (boolean | null)[],
): Deferral | null {
  const counted = [...images.keys()].filter((image) => events[image] !== null);
  if (counted.length === 0) return null;
  const happens = (image: number): boolean => events[image] === true;
  const curve = deferralCurve(counted, (image) => at(scores, image), happens);
  const ideal = deferralCurve(counted, (image) => (happens(image) ? 1 : 0), happens);
  const units = pairUnits(images, (image) => events[image] !== null);
  const values = aucWithoutPairs(counted, units.pairs, (image) => at(scores, image), happens);
  const estimate = at(values, values.length - 1);
  return {
    auc: { estimate: Number.isNaN(estimate) ? null : estimate, ...leftOutInterval(units, values, [0, 1]) },
    curve,
    area: mean(curve),
    area_random: at(curve, 0),
    area_ideal: mean(ideal),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

type Score = (image: number) => number;
type Happens = (image: number) => boolean;

/** Images in groups of tied scores, ascending. */
function tiedGroups(images: readonly number[], score: Score): number[][] {
  const groups: number[][] = [];
  for (const image of images.toSorted((a, b) => score(a) - score(b))) {
    const group = groups.at(-1);
    if (group && score(image) - score(at(group, 0)) <= tied) group.push(image);
    else groups.push([image]);
  }
  return groups;
}

/** Share of the kept images with the event, all images kept first. Among tied images, each is equally likely to be kept. */
function deferralCurve(images: readonly number[], score: Score, happens: Happens): number[] {
  const curve: number[] = [];
  let below = 0;
  for (const group of tiedGroups(images, score)) {
    const events = group.filter(happens).length;
    const before = curve.length;
    for (let kept = 1; kept <= group.length; kept++)
      curve.push((below + (kept * events) / group.length) / (before + kept));
    below += events;
  }
  return curve.reverse();
}

/** The AUC without each pair, and last of all; NaN without an image that has the event, or without one that has not. */
function aucWithoutPairs(
  images: readonly number[],
  pairs: readonly (readonly number[])[],
  score: Score,
  happens: Happens,
): Float64Array {
  const wins = new Map<number, number>();
  const all = compare(images, score, happens, wins);
  const auc = ({ won, events, others }: Compared): number =>
    events === 0 || others === 0 ? Number.NaN : won / (events * others);
  return Float64Array.from([
    ...pairs.map((pair) => {
      // What an image won against others of its pair is in `wins` of both.
      const own = compare(pair, score, happens);
      const lost = pair.reduce((sum, image) => sum + (wins.get(image) ?? 0), 0) - own.won;
      return auc({ won: all.won - lost, events: all.events - own.events, others: all.others - own.others });
    }),
    auc(all),
  ]);
}

interface Compared {
  /** Couples of an image with the event and one without it, in which the first has the larger score; ties half. */
  readonly won: number;
  readonly events: number;
  readonly others: number;
}

/** @param wins is filled with the couples that each image is won in, from either side */
function compare(images: readonly number[], score: Score, happens: Happens, wins?: Map<number, number>): Compared {
  const groups = tiedGroups(images, score).map((group) => Map.groupBy(group, happens));
  const total = (event: boolean): number => groups.reduce((sum, group) => sum + (group.get(event)?.length ?? 0), 0);
  const [events, others] = [total(true), total(false)];
  let [won, eventsBelow, othersBelow] = [0, 0, 0];
  for (const group of groups) {
    const [having, lacking] = [group.get(true) ?? [], group.get(false) ?? []];
    const ofEvent = othersBelow + lacking.length / 2;
    won += having.length * ofEvent;
    for (const image of having) wins?.set(image, ofEvent);
    for (const image of lacking) wins?.set(image, events - eventsBelow - having.length / 2);
    eventsBelow += having.length;
    othersBelow += lacking.length;
  }
  return { won, events, others };
}
