import type { LabelingPlan, Trial } from '../../sessions/contract/plan.ts';
import { distinctAlphas, isPlaced, sameAlpha, type StimulusImage } from '../../../domain/stimuli/index.ts';
import { randomStream, type RandomStream } from '../../../domain/random/index.ts';

/** The class of a clear image (alpha 0 or 1); null: between two classes, or on no way between any. */
export function clearClass({ alpha, pairI, pairJ }: StimulusImage): number | null {
  if (alpha === null) return null;
  if (sameAlpha(alpha, 0)) return pairI;
  return sameAlpha(alpha, 1) ? pairJ : null;
}

/** Trials before which a break is offered: the first trial of each block except the first block. */
export function breakPositions(trials: readonly Trial[]): number[] {
  return trials.flatMap(({ block }, position) => {
    const before = trials[position - 1];
    return before && before.block !== block ? [position] : [];
  });
}

export function practiceCount(trials: readonly Trial[]): number {
  const first = trials.findIndex(({ kind }) => kind !== 'practice');
  return first < 0 ? trials.length : first;
}

/** Required distance of two images in an order, in positions; 1: no requirement. */
type Spacing = (a: number, b: number) => number;

interface SpacingRule {
  spacing: Spacing;
  /** Positions to check in each direction. */
  window: number;
}

/** Positions that the search may still check, because the requirements may be impossible. */
interface SearchBudget {
  remaining: number;
}

/**
 * Requires `apart` for neighboring alphas of one pair, and `repeatApart` for an image and itself.
 * @param images in any order; images with the same pair and alpha are neighbors too, and those without a pair of none
 */
function neighborSpacing(images: readonly StimulusImage[], apart: number, repeatApart: number): Spacing {
  const places = new Map<number, { pair: string; step: number }>();
  const pairs = Map.groupBy(images.filter(isPlaced), ({ pairI, pairJ }) => `${pairI}-${pairJ}`);
  for (const [pair, members] of pairs) {
    const alphas = distinctAlphas(members);
    for (const { id, alpha } of members) {
      places.set(id, { pair, step: alphas.findIndex((each) => sameAlpha(each, alpha)) });
    }
  }
  return (a, b) => {
    if (a === b) return repeatApart;
    const [one, other] = [places.get(a), places.get(b)];
    if (!one || !other || one.pair !== other.pair) return 1;
    return Math.abs(one.step - other.step) <= 1 ? apart : 1;
  };
}

/** Whether an image at a position keeps its distance to the images within `window`. */
function fits(
  order: readonly number[],
  position: number,
  image: number,
  rule: SpacingRule,
  search: SearchBudget,
): boolean {
  search.remaining -= 2 * rule.window;
  const last = Math.min(order.length - 1, position + rule.window);
  for (let other = Math.max(0, position - rule.window); other <= last; other++) {
    if (other === position) continue;
    const there = order[other];
    if (there !== undefined && Math.abs(other - position) < rule.spacing(image, there)) return false;
  }
  return true;
}

/**
 * Moves images within their parts of the order until all keep their distance. Returns false if no order was found within
 * the search budget.
 * @param parts first position of each part, ascending; images never leave their part
 */
export function spread(
  order: number[],
  parts: readonly number[],
  rule: SpacingRule,
  random: RandomStream,
  search: SearchBudget,
): boolean {
  if (rule.window < 1) return true;
  for (let pass = 0; pass < 20 && search.remaining > 0; pass++) {
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
  search: SearchBudget,
): boolean {
  const start = random.int(to - from);
  for (let step = 0; step < to - from && search.remaining > 0; step++) {
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

/** Penalty for an image twice in a row: worse than any number of neighbors that are too close. */
const twiceInARow = 1000;

function lack(one: number, other: number, distance: number, { spacing }: SpacingRule): number {
  return Math.max(0, spacing(one, other) - distance) + (one === other && distance === 1 ? twiceInARow : 0);
}

/** Missing positions between an image and its surroundings if it is inserted before a position; 0: it fits. */
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

/** Missing positions in an order; 0: all images keep their distance. */
function totalShortfall(order: readonly { readonly image: number }[], rule: SpacingRule): number {
  let total = 0;
  for (let distance = 1; distance <= rule.window; distance++) {
    for (let position = distance; position < order.length; position++) {
      total += lack(order[position]?.image ?? -1, order[position - distance]?.image ?? -2, distance, rule);
    }
  }
  return total;
}

/** The smallest distance between an image and itself in an order, at most `upTo`. */
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
 * The smallest distance between neighboring alphas (not an image and itself) in an order, at most `upTo`; null: the order
 * has no neighbors.
 */
export function smallestDistance(
  order: readonly number[],
  images: readonly StimulusImage[],
  upTo: number,
): number | null {
  const shown = new Set(order);
  const own = images.filter(isPlaced).filter(({ id }) => shown.has(id));
  const pairs = Map.groupBy(own, ({ pairI, pairJ }) => `${pairI}-${pairJ}`);
  if ([...pairs.values()].every(({ length }) => length < 2)) return null;
  const spacing = neighborSpacing(own, 2, 1);
  for (let distance = 1; distance < upTo; distance++) {
    for (let position = 0; position + distance < order.length; position++) {
      if (spacing(order[position] ?? 0, order[position + distance] ?? 0) > 1) return distance;
    }
  }
  return upTo;
}

export type OrderRules = Pick<
  LabelingPlan,
  'order' | 'perPerson' | 'repeats' | 'repeatApart' | 'practice' | 'attention'
>;

/** Number of parts over which images are balanced between labelers if there are no blocks, and images per part at least. */
const usualParts = 4;
const leastOfPart = 8;
/** Shuffles tried before a smaller distance is accepted, and random positions tried before all are compared. */
const tries = 60;
/** Search budget before distances are reduced in larger steps: many times what a possible order needs. */
const usualSearch = 10_000_000;
const hastySearch = usualSearch / 20;
/** Complete orders tried before the one with the smallest shortfall is used. */
const orders = 12;

/**
 * The trials of one labeler, in order.
 *
 * Every image of the labeler's share occurs exactly once as a real trial. Neighboring alphas of a pair stay `order.apart`
 * positions apart, or as far as possible. The images are split into parts, and over as many labelers as there are parts
 * each image is once in every part (a Latin square), so that fatigue affects all images equally; if each person labels a
 * share, this holds over as many labelers of the image. Repeats, practice and attention trials are added and keep the same
 * distances, or fall short as little as possible; an image appears twice in a row only if there is no other way. Random
 * numbers come from `randomStream(seed, 'labeling', ...)` only.
 *
 * @param images images of the frozen set, in ascending order of id
 * @param place number of the labeler in the study, from 0
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
    // A distance that was impossible is not tried again.
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
/** The rules with the distance of neighboring alphas that was possible. */
type FoundRules = OrderRules & { apart: number };

/**
 * The ids of a labeler's images, in the parts of the order. With `perPerson`, consecutive sections of a common shuffle are
 * dealt out, so that numbers of labelers of any two images differ by at most one. How often an image was dealt before
 * determines its part, so it is in every part equally often, or once more.
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

/** Every image starts in another part within each `count` dealt images: parts of a share differ by at most three. */
function startingParts(length: number, count: number, random: RandomStream): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: Math.ceil(length / count) }, () => random.shuffle([...all])).flat();
}

/**
 * An order of the parts in which neighboring alphas stay `wanted` positions apart, or as far as possible. The distance is
 * reduced by one at a time, and by a tenth if the search takes long. The search is limited by checked positions, not by
 * time, so that the same seed gives the same order on every machine.
 */
function realOrder(
  mine: readonly StimulusImage[],
  parts: readonly number[][],
  wanted: number,
  random: RandomStream,
): { order: number[]; starts: number[]; apart: number } {
  const search = { remaining: usualSearch + 100 * mine.length * wanted };
  const starts = parts.map((_, index) => parts.slice(0, index).reduce((sum, part) => sum + part.length, 0));
  for (let apart = wanted; ; apart -= search.remaining > 0 ? 1 : Math.max(1, Math.floor(apart / 10))) {
    if (search.remaining <= 0) search.remaining = hastySearch;
    const rule = { spacing: neighborSpacing(mine, apart, 1), window: apart - 1 };
    for (let attempt = 0; attempt < tries && search.remaining > 0; attempt++) {
      const order = parts.flatMap((part) => random.shuffle([...part]));
      if (spread(order, starts, rule, random, search)) return { order, starts, apart };
    }
  }
}

/** Splits ids into parts whose sizes differ by at most one, the larger ones first. */
function cut(ids: readonly number[], count: number): number[][] {
  const [small, larger] = [Math.floor(ids.length / count), ids.length % count];
  let at = 0;
  return Array.from({ length: count }, (_, index) => {
    const length = small + (index < larger ? 1 : 0);
    at += length;
    return ids.slice(at - length, at);
  });
}

/** Inserts each attention trial where neither its neighboring alphas nor the image itself is close, if possible. */
function addAttention(items: Item[], mine: readonly StimulusImage[], rules: FoundRules, random: RandomStream): void {
  const clear = random.shuffle(mine.filter((image) => clearClass(image) !== null).map(({ id }) => id));
  const rule = insertionRule(items.length, mine, rules);
  for (const image of clear.slice(0, rules.attention)) insert(items, { image, kind: 'attention' }, 0, rule, random);
}

/** Inserts repeats at least `repeatApart` positions after their image. Images with enough room are chosen first. */
function addRepeats(items: Item[], mine: readonly StimulusImage[], rules: FoundRules, random: RandomStream): void {
  const real = items.flatMap(({ kind, image }, position) => (kind === 'real' ? [{ image, position }] : []));
  const hasRoom = ({ position }: { position: number }): boolean => position + rules.repeatApart <= items.length;
  const chosen = [...random.shuffle(real.filter(hasRoom)), ...real.filter((each) => !hasRoom(each))];
  const rule = insertionRule(items.length, mine, rules);
  for (const { image } of chosen.slice(0, rules.repeats)) {
    const first = items.findIndex((item) => item.image === image && item.kind === 'real');
    const wished = first + rules.repeatApart;
    // Without enough room, the repeat keeps the general distance of an image to itself.
    const from = wished <= items.length ? wished : Math.min(items.length, first + ownDistance(items.length, rules));
    insert(items, { image, kind: 'repeat' }, from, rule, random);
  }
}

/** Distance of an image to itself that fits into this number of trials. */
const ownDistance = (trials: number, { repeatApart }: OrderRules): number =>
  Math.max(2, Math.min(repeatApart, Math.floor(trials / 3)));

/** Distances that an inserted trial keeps, also to the same image. */
function insertionRule(trials: number, mine: readonly StimulusImage[], rules: FoundRules): SpacingRule {
  const own = ownDistance(trials, rules);
  return { spacing: neighborSpacing(mine, rules.apart, own), window: Math.max(rules.apart, own) - 1 };
}

/** Inserts a trial at a random position from `from` on that fits, else at the position with the smallest shortfall. */
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
  // A trial between two blocks belongs to the first.
  const block = items[position - 1]?.block ?? items[0]?.block ?? 1;
  items.splice(position, 0, { ...trial, block });
}

/** What a clear image shows: pairs with a common anchor have the same picture at that end. Null: between two anchors. */
function anchorOf(image: StimulusImage): string | null {
  const shown = clearClass(image);
  if (shown === null) return null;
  return `${shown} ${(sameAlpha(image.alpha ?? 1, 0) ? image.anchorI : image.anchorJ) ?? ''}`;
}

/** How often the same anchor is shown twice in a row. */
const anchorsInARow = (ids: readonly number[], anchors: ReadonlyMap<number, string | null>): number =>
  ids.filter((id, at) => at > 0 && anchors.get(id) != null && anchors.get(id) === anchors.get(ids[at - 1] ?? -1))
    .length;

/**
 * Practice shows clear images if there are enough, first those whose real trial comes late. With `order.practice` it first
 * shows different anchors, and none twice in a row if there is another way.
 */
function practiceTrials(
  images: readonly StimulusImage[],
  items: readonly Item[],
  { practice, order, rule }: OrderRules & { rule: SpacingRule },
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
  const late = clear.sort(latest);
  // Plans without the rule keep the orders that they had: every anchor is then its own.
  const isVaried = order.practice === 'different-anchors';
  const anchors = new Map(images.map((image) => [image.id, isVaried ? anchorOf(image) : null]));
  const isAgain = (id: number, at: number): boolean =>
    isVaried && late.findIndex((each) => anchors.get(each) === anchors.get(id)) < at;
  const [different, again] = [late.filter((id, at) => !isAgain(id, at)), late.filter(isAgain)];
  const chosen = [...different, ...again, ...others.sort(latest)].slice(0, practice);
  const shuffled = (): Item[] => random.shuffle(chosen).map((image) => ({ image, kind: 'practice', block: 1 }));
  const lack = (before: readonly Item[]): number =>
    totalShortfall([...before, ...items.slice(0, rule.window)], rule) +
    anchorsInARow(
      [...before, ...items.slice(0, before.length > 0 ? 1 : 0)].map(({ image }) => image),
      anchors,
    );
  const least = lack([]);
  let best = shuffled();
  for (let attempt = 0; attempt < tries && lack(best) > least; attempt++) {
    const other = shuffled();
    if (lack(other) < lack(best)) best = other;
  }
  return best;
}
