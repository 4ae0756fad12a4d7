import type { RandomStream } from '../random.ts';
import type { StimulusImage } from '../stimulus-set.ts';

/** How far two images have to be from one another in an order: positions apart; 1 is no condition. */
export type Spacing = (a: number, b: number) => number;

export interface SpacingRule {
  spacing: Spacing;
  /** Positions, each way, in which something too near could stand. */
  window: number;
}

/** How many positions may still be looked at in search of an order; what is asked for may be impossible. */
export interface Search {
  left: number;
}

/**
 * Neighbours along alpha of one pair have to be `apart`; one image and itself `repeatApart`.
 * @param images any order; several of one pair and alpha are all neighbours of one another.
 */
export function spacingOf(images: readonly StimulusImage[], apart: number, repeatApart: number): Spacing {
  const places = new Map<number, { pair: string; step: number }>();
  const pairs = Map.groupBy(images, ({ pairI, pairJ }) => `${pairI}-${pairJ}`);
  for (const [pair, members] of pairs) {
    const alphas = [...new Set(members.map(({ alpha }) => alpha))].sort((a, b) => a - b);
    for (const { id, alpha } of members) places.set(id, { pair, step: alphas.indexOf(alpha) });
  }
  return (a, b) => {
    if (a === b) return repeatApart;
    const [one, other] = [places.get(a), places.get(b)];
    if (!one || !other || one.pair !== other.pair) return 1;
    return Math.abs(one.step - other.step) <= 1 ? apart : 1;
  };
}

/** Whether the image may stand at a position, as far as those within `window` say. */
function fits(order: readonly number[], position: number, image: number, rule: SpacingRule, search: Search): boolean {
  search.left -= 2 * rule.window;
  const last = Math.min(order.length - 1, position + rule.window);
  for (let other = Math.max(0, position - rule.window); other <= last; other++) {
    if (other === position) continue;
    const there = order[other];
    if (there !== undefined && Math.abs(other - position) < rule.spacing(image, there)) return false;
  }
  return true;
}

/**
 * Moves images within their parts of the order until all keep their distance. False where no way was found, or where
 * the search has gone on for too long.
 * @param parts first position of each part, ascending; swaps never leave a part.
 */
export function spread(
  order: number[],
  parts: readonly number[],
  rule: SpacingRule,
  random: RandomStream,
  search: Search,
): boolean {
  if (rule.window < 1) return true;
  for (let pass = 0; pass < 20 && search.left > 0; pass++) {
    let wrong = 0;
    for (let position = 0; position < order.length; position++) {
      const image = order[position] ?? 0;
      if (fits(order, position, image, rule, search)) continue;
      if (!swapAway(order, position, partAround(parts, position, order.length), rule, random, search)) wrong += 1;
    }
    if (wrong === 0 && order.every((image, position) => fits(order, position, image, rule, search))) return true;
  }
  return false;
}

function partAround(parts: readonly number[], position: number, length: number): [from: number, to: number] {
  const index = parts.findLastIndex((start) => start <= position);
  return [parts[index] ?? 0, parts[index + 1] ?? length];
}

function swapAway(
  order: number[],
  position: number,
  [from, to]: readonly [number, number],
  rule: SpacingRule,
  random: RandomStream,
  search: Search,
): boolean {
  const start = random.int(to - from);
  for (let step = 0; step < to - from && search.left > 0; step++) {
    const other = from + ((start + step) % (to - from));
    if (other === position) continue;
    const [here, there] = [order[position] ?? 0, order[other] ?? 0];
    order[position] = there;
    order[other] = here;
    if (fits(order, position, there, rule, search) && fits(order, other, here, rule, search)) return true;
    order[position] = here;
    order[other] = there;
  }
  return false;
}

/** One image twice in a row is worse than any number of neighbours that are too near. */
const twiceInARow = 1000;

function lack(one: number, other: number, distance: number, { spacing }: SpacingRule): number {
  return Math.max(0, spacing(one, other) - distance) + (one === other && distance === 1 ? twiceInARow : 0);
}

/** Positions that lack between an image and those around it if it is put in before a position; 0: it may be put there. */
export function lackBetween(
  items: readonly { readonly image: number }[],
  position: number,
  image: number,
  rule: SpacingRule,
): number {
  let sum = 0;
  for (let distance = 1; distance <= rule.window; distance++) {
    const [before, behind] = [items[position - distance]?.image, items[position + distance - 1]?.image];
    if (before !== undefined) sum += lack(image, before, distance, rule);
    if (behind !== undefined) sum += lack(image, behind, distance, rule);
  }
  return sum;
}

/** Positions that lack in a whole order; 0: all keep their distance. */
export function lackIn(order: readonly { readonly image: number }[], rule: SpacingRule): number {
  let sum = 0;
  for (let distance = 1; distance <= rule.window; distance++) {
    for (let position = distance; position < order.length; position++) {
      sum += lack(order[position]?.image ?? -1, order[position - distance]?.image ?? -2, distance, rule);
    }
  }
  return sum;
}

/** The smallest distance between an image and itself in an order, or `upTo` if that is less. */
export function smallestReturn(order: readonly number[], upTo: number): number {
  const last = new Map<number, number>();
  let least = upTo;
  order.forEach((image, position) => {
    least = Math.min(least, position - (last.get(image) ?? Number.NEGATIVE_INFINITY));
    last.set(image, position);
  });
  return least;
}

/**
 * The smallest distance between neighbours along alpha (not an image and itself) in an order, or `upTo` if that is less.
 * null: there are no neighbours.
 */
export function smallestDistance(
  order: readonly number[],
  images: readonly StimulusImage[],
  upTo: number,
): number | null {
  const shown = new Set(order);
  const own = images.filter(({ id }) => shown.has(id));
  const pairs = Map.groupBy(own, ({ pairI, pairJ }) => `${pairI}-${pairJ}`);
  if ([...pairs.values()].every(({ length }) => length < 2)) return null;
  const spacing = spacingOf(own, 2, 1);
  for (let distance = 1; distance < upTo; distance++) {
    for (let position = 0; position + distance < order.length; position++) {
      if (spacing(order[position] ?? 0, order[position + distance] ?? 0) > 1) return distance;
    }
  }
  return upTo;
}
