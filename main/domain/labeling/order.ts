import type { TrialKind, LabelingPlan } from '../../contract/labeling/plan.ts';
import type { StimulusImage } from '../stimulus-set.ts';
import type { RandomStream } from '../random.ts';
import { randomStream } from '../random.ts';

/** One place in a session's order. */
export interface Trial {
  readonly image: number;
  readonly kind: TrialKind;
  /** From 1; practice belongs to the first block. */
  readonly block: number;
}

/** The class that an image shows beyond doubt, as it lies at an end of its pair; null: in between. */
export function clearClass({ alpha, pairI, pairJ }: StimulusImage): number | null {
  if (alpha === 0) return pairI;
  return alpha === 1 ? pairJ : null;
}

/** Trials before which a break is offered: the first of each block but the first. */
export function breakPositions(trials: readonly Trial[]): number[] {
  return trials.flatMap(({ block }, position) => {
    const before = trials[position - 1];
    return before && before.block !== block ? [position] : [];
  });
}

/** How many trials at the start are practice. */
export function practiceCount(trials: readonly Trial[]): number {
  const first = trials.findIndex(({ kind }) => kind !== 'practice');
  return first < 0 ? trials.length : first;
}

/** How far two images have to be from one another in an order: positions apart; 1 is no condition. */
type Spacing = (a: number, b: number) => number;

interface SpacingRule {
  spacing: Spacing;
  /** Positions, each way, in which something too near could stand. */
  window: number;
}

/** How many positions may still be looked at in search of an order; what is asked for may be impossible. */
interface Search {
  left: number;
}

/**
 * Neighbours along alpha of one pair have to be `apart`; one image and itself `repeatApart`.
 * @param images any order; several of one pair and alpha are all neighbours of one another.
 */
function neighbourSpacing(images: readonly StimulusImage[], apart: number, repeatApart: number): Spacing {
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
function shortfallAt(
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
function totalShortfall(order: readonly { readonly image: number }[], rule: SpacingRule): number {
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
  const spacing = neighbourSpacing(own, 2, 1);
  for (let distance = 1; distance < upTo; distance++) {
    for (let position = 0; position + distance < order.length; position++) {
      if (spacing(order[position] ?? 0, order[position + distance] ?? 0) > 1) return distance;
    }
  }
  return upTo;
}

/** What an order depends on, beside the images and the labeler. */
export type OrderRules = Pick<
  LabelingPlan,
  'order' | 'perPerson' | 'repeats' | 'repeatApart' | 'practice' | 'attention'
>;

/** Parts of an order over which images are balanced between labelers, where there are no blocks; and images each needs. */
const usualParts = 4;
const leastOfPart = 8;
/** Shuffles that are tried before a smaller distance is accepted, and places before the best one is looked for. */
const tries = 60;
/** Positions that are looked at before smaller distances are tried in greater steps: many times what a possible one takes. */
const usualSearch = 10_000_000;
/** From then on, each distance is given so much of it. */
const hastySearch = usualSearch / 20;
/** Whole orders that are tried before the one that lacks least is taken. */
const orders = 12;

/**
 * The trials of one labeler, in order.
 *
 * Every image of the labeler's share occurs exactly once as a real trial. Neighbours along alpha stay `order.apart`
 * positions apart, or as far as a way was found. The images are cut into parts, and over as many labelers as there are
 * parts each image is once in every part (a Latin square), so that tiredness falls on all images alike; where each labels
 * a share, over as many labelers of the image. Repeats, practice and attention trials come on top and keep the same
 * distances, or lack as little as was found; an image is shown twice in a row only where nothing else was found. Random
 * numbers come from `randomStream(seed, 'labeling', ...)` alone.
 *
 * @param images of the frozen set, in ascending order of id
 * @param place of the labeler among those of the study, from 0
 */
export function layOutTrials(images: readonly StimulusImage[], rules: OrderRules, place: number): Trial[] {
  const random = randomStream(rules.order.seed, 'labeling', 'labeler', place);
  const parts = orderParts(images, rules, place);
  const own = new Set(parts.flat());
  const mine = images.filter(({ id }) => own.has(id));
  let best: { trials: Trial[]; lack: number } | null = null;
  let wanted = rules.order.apart;
  for (let attempt = 0; attempt < orders && best?.lack !== 0; attempt++) {
    const { order, starts, apart } = realOrder(mine, parts, wanted, random);
    // What was too much once is not tried again.
    wanted = apart;
    const items: Item[] = order.map((image, position) => ({
      image,
      kind: 'real',
      block: rules.order.blocks === 1 ? 1 : starts.findLastIndex((start) => start <= position) + 1,
    }));
    addAttention(items, mine, { ...rules, apart }, random);
    addRepeats(items, mine, { ...rules, apart }, random);
    const rule = insertionRule(order.length, mine, { ...rules, apart });
    const trials = [...practiceTrials(images, items, { ...rules, rule }, random), ...items];
    const lack = totalShortfall(trials, rule);
    if (best === null || lack < best.lack) best = { trials, lack };
  }
  return best?.trials ?? [];
}

type Item = { -readonly [Key in keyof Trial]: Trial[Key] };
/** The rules with the distance of neighbours along alpha that was found possible. */
type FoundRules = OrderRules & { apart: number };

/**
 * The images that a labeler gets, by id, in the parts of the order. With `perPerson`, workPeriods of a common shuffle are
 * dealt out one after another, so that any two images differ by one labeler at most. How often an image was dealt before
 * says in which part it comes; so it is in every part equally often, or once more.
 */
function orderParts(images: readonly StimulusImage[], rules: OrderRules, place: number): number[][] {
  const { seed, blocks } = rules.order;
  const share = Math.min(rules.perPerson ?? images.length, images.length);
  const usual = Math.min(usualParts, Math.max(1, Math.floor(share / leastOfPart)));
  const count = Math.min(blocks > 1 ? blocks : usual, share);
  const ids = images.map(({ id }) => id);
  if (share === ids.length) {
    const common = randomStream(seed, 'labeling', 'parts', Math.floor(place / count));
    const chunks = cut(common.shuffle(ids), count);
    return Array.from({ length: count }, (_, index) => chunks[(index + place) % count] ?? []);
  }
  const dealt = randomStream(seed, 'labeling', 'shares').shuffle(ids);
  const parts = Array.from({ length: count }, (): number[] => []);
  const residues = new Map<number, number[]>();
  for (let turn = place * share; turn < (place + 1) * share; turn++) {
    const [round, at] = [Math.floor(turn / ids.length), turn % ids.length];
    const cycle = Math.floor(round / count);
    const residue =
      residues.get(cycle) ?? startingParts(ids.length, count, randomStream(seed, 'labeling', 'parts', cycle));
    residues.set(cycle, residue);
    parts[((residue[at] ?? 0) + round) % count]?.push(dealt[at] ?? -1);
  }
  return parts;
}

/** Of each stretch of `count` images that are dealt, every one starts in another part: so the parts of a share differ by three images at most. */
function startingParts(length: number, count: number, random: RandomStream): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: Math.ceil(length / count) }, () => random.shuffle([...all])).flat();
}

/**
 * An order of the parts in which neighbours along alpha stay `wanted` apart, or as much less as a way was found: less by
 * one at a time, and where the search takes long, by a tenth. How long is counted in positions that were looked at, so
 * that the same seed gives the same order on every machine.
 */
function realOrder(
  mine: readonly StimulusImage[],
  parts: readonly number[][],
  wanted: number,
  random: RandomStream,
): { order: number[]; starts: number[]; apart: number } {
  const search = { left: usualSearch + 100 * mine.length * wanted };
  const starts = parts.map((_, index) => parts.slice(0, index).reduce((sum, part) => sum + part.length, 0));
  for (let apart = wanted; ; apart -= search.left > 0 ? 1 : Math.max(1, Math.floor(apart / 10))) {
    if (search.left <= 0) search.left = hastySearch;
    const rule = { spacing: neighbourSpacing(mine, apart, 1), window: apart - 1 };
    for (let attempt = 0; attempt < tries && search.left > 0; attempt++) {
      const order = parts.flatMap((part) => random.shuffle([...part]));
      if (spread(order, starts, rule, random, search)) return { order, starts, apart };
    }
  }
}

/** As equal parts as can be, the longer ones first. */
function cut(ids: readonly number[], count: number): number[][] {
  const [small, larger] = [Math.floor(ids.length / count), ids.length % count];
  let at = 0;
  return Array.from({ length: count }, (_, index) => {
    const length = small + (index < larger ? 1 : 0);
    at += length;
    return ids.slice(at - length, at);
  });
}

/** Each comes at a place where neither its neighbours along alpha nor itself is near, if there is one. */
function addAttention(items: Item[], mine: readonly StimulusImage[], rules: FoundRules, random: RandomStream): void {
  const clear = random.shuffle(mine.filter((image) => clearClass(image) !== null).map(({ id }) => id));
  const rule = insertionRule(items.length, mine, rules);
  for (const image of clear.slice(0, rules.attention)) insert(items, { image, kind: 'attention' }, 0, rule, random);
}

/** A repeat comes `repeatApart` positions or more after its image; images from which there is room are taken first. */
function addRepeats(items: Item[], mine: readonly StimulusImage[], rules: FoundRules, random: RandomStream): void {
  const real = items.flatMap(({ kind, image }, position) => (kind === 'real' ? [{ image, position }] : []));
  const hasRoom = ({ position }: { position: number }): boolean => position + rules.repeatApart <= items.length;
  const chosen = [...random.shuffle(real.filter(hasRoom)), ...real.filter((each) => !hasRoom(each))];
  const rule = insertionRule(items.length, mine, rules);
  for (const { image } of chosen.slice(0, rules.repeats)) {
    const first = items.findIndex((item) => item.image === image && item.kind === 'real');
    const wished = first + rules.repeatApart;
    // Where there is no room for it, as far away as images are shown again at all.
    const from = wished <= items.length ? wished : Math.min(items.length, first + ownDistance(items.length, rules));
    insert(items, { image, kind: 'repeat' }, from, rule, random);
  }
}

/** How far an image keeps from itself, as far as there is room in so many trials. */
const ownDistance = (trials: number, { repeatApart }: OrderRules): number =>
  Math.max(2, Math.min(repeatApart, Math.floor(trials / 3)));

/** What a trial that is put in between has to keep away from: the same image too. */
function insertionRule(trials: number, mine: readonly StimulusImage[], rules: FoundRules): SpacingRule {
  const own = ownDistance(trials, rules);
  return { spacing: neighbourSpacing(mine, rules.apart, own), window: Math.max(rules.apart, own) - 1 };
}

/** Puts a trial in at a position from `from` on: one that was drawn if it fits, else the one where least lacks. */
function insert(
  items: Item[],
  trial: Pick<Trial, 'image' | 'kind'>,
  from: number,
  rule: SpacingRule,
  random: RandomStream,
): void {
  const lack = (at: number): number => shortfallAt(items, at, trial.image, rule);
  let position = from + random.int(items.length - from + 1);
  for (let attempt = 0; attempt < tries && lack(position) > 0; attempt++) {
    position = from + random.int(items.length - from + 1);
  }
  let least = lack(position);
  for (let at = from; at <= items.length && least > 0; at++) {
    if (lack(at) < least) [position, least] = [at, lack(at)];
  }
  // A trial between two blocks belongs to the one before.
  const block = items[position - 1]?.block ?? items[0]?.block ?? 1;
  items.splice(position, 0, { ...trial, block });
}

/** Clear images where there are enough, those first that come late as real trials. */
function practiceTrials(
  images: readonly StimulusImage[],
  items: readonly Item[],
  { practice, rule }: OrderRules & { rule: SpacingRule },
  random: RandomStream,
): Item[] {
  const firstAt = new Map<number, number>();
  items.forEach(({ image }, position) => {
    if (!firstAt.has(image)) firstAt.set(image, position);
  });
  const latest = (a: number, b: number): number =>
    (firstAt.get(b) ?? Number.MAX_SAFE_INTEGER) - (firstAt.get(a) ?? Number.MAX_SAFE_INTEGER);
  const clear = images.filter((image) => clearClass(image) !== null).map(({ id }) => id);
  const others = images.filter((image) => clearClass(image) === null).map(({ id }) => id);
  const chosen = [...clear.sort(latest), ...others.sort(latest)].slice(0, practice);
  const shuffled = (): Item[] => random.shuffle(chosen).map((image) => ({ image, kind: 'practice', block: 1 }));
  const lack = (before: readonly Item[]): number => totalShortfall([...before, ...items.slice(0, rule.window)], rule);
  const least = lack([]);
  let best = shuffled();
  for (let attempt = 0; attempt < tries && lack(best) > least; attempt++) {
    const other = shuffled();
    if (lack(other) < lack(best)) best = other;
  }
  return best;
}
