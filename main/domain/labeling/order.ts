import type { LabelingPlan } from '../../contract/labeling/plan.ts';
import type { RandomStream } from '../random.ts';
import { randomStream } from '../random.ts';
import type { StimulusImage } from '../stimulus-set.ts';
import { fitsBetween, spacingOf, spread } from './spacing.ts';
import type { SpacingRule } from './spacing.ts';
import { clearClass } from './trials.ts';
import type { Trial } from './trials.ts';

/** What an order depends on, beside the images and the labeler. */
export type OrderRules = Pick<
  LabelingPlan,
  'order' | 'perPerson' | 'repeats' | 'repeatApart' | 'practice' | 'attention'
>;

/** Parts of an order over which images are balanced between labelers, where there are no blocks; and images each needs. */
const usualParts = 4;
const leastOfPart = 8;
/** Shuffles that are tried before a smaller distance is accepted. */
const tries = 60;

/**
 * The trials of one labeler, in order.
 *
 * Every image of the labeler's share occurs exactly once as a real trial. Neighbours along alpha stay `order.apart`
 * positions apart, or as far as a way was found. The images are cut into parts, and over as many labelers as there are
 * parts each image is once in every part (a Latin square), so that tiredness falls on all images alike. Repeats,
 * practice and attention trials come on top. Random numbers come from `randomStream(seed, 'labeling', ...)` alone.
 *
 * @param images of the frozen set, in ascending order of id
 * @param place of the labeler among those of the study, from 0
 */
export function layOutTrials(images: readonly StimulusImage[], rules: OrderRules, place: number): Trial[] {
  const random = randomStream(rules.order.seed, 'labeling', 'labeler', place);
  const mine = shareOf(images, rules, place);
  const { order, parts } = realOrder(mine, rules, place, random);
  const items: Item[] = order.map((image, position) => ({
    image,
    kind: 'real',
    block: rules.order.blocks === 1 ? 1 : parts.findLastIndex((start) => start <= position) + 1,
  }));
  addAttention(items, mine, rules, random);
  addRepeats(items, mine, rules, random);
  return [...practiceTrials(images, items, rules, random), ...items];
}

type Item = { -readonly [Key in keyof Trial]: Trial[Key] };

/**
 * The images that a labeler gets, by id. With `perPerson`, stretches of a common shuffle are dealt out one after
 * another, so that any two images differ by one labeler at most.
 */
function shareOf(images: readonly StimulusImage[], rules: OrderRules, place: number): StimulusImage[] {
  const { perPerson, order } = rules;
  if (perPerson === null || perPerson >= images.length) return [...images];
  const dealt = randomStream(order.seed, 'labeling', 'shares').shuffle([...images]);
  const start = (place * perPerson) % images.length;
  const share = Array.from({ length: perPerson }, (_, index) => dealt[(start + index) % images.length]);
  return share.filter((image) => image !== undefined).sort((a, b) => a.id - b.id);
}

/** The smallest distances that were found possible give way last: of neighbours first, by one at a time. */
function realOrder(
  mine: readonly StimulusImage[],
  rules: OrderRules,
  place: number,
  random: RandomStream,
): { order: number[]; parts: number[] } {
  const usual = Math.min(usualParts, Math.max(1, Math.floor(mine.length / leastOfPart)));
  const count = Math.min(rules.order.blocks > 1 ? rules.order.blocks : usual, mine.length);
  const cycle = Math.floor(place / count);
  const common = randomStream(rules.order.seed, 'labeling', 'parts', cycle);
  const chunks = cut(common.shuffle(mine.map(({ id }) => id)), count);
  const latin = Array.from({ length: count }, (_, index) => chunks[(index + place) % count] ?? []);
  const parts = latin.map((_, index) => latin.slice(0, index).reduce((sum, chunk) => sum + chunk.length, 0));
  for (let apart = rules.order.apart; ; apart--) {
    const rule = { spacing: spacingOf(mine, apart, 1), window: apart - 1 };
    for (let attempt = 0; attempt < tries; attempt++) {
      const order = latin.flatMap((chunk) => random.shuffle([...chunk]));
      if (spread(order, parts, rule, random)) return { order, parts };
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
function addAttention(items: Item[], mine: readonly StimulusImage[], rules: OrderRules, random: RandomStream): void {
  const clear = random.shuffle(mine.filter((image) => clearClass(image) !== null).map(({ id }) => id));
  const rule = insertionRule(items, mine, rules);
  for (const image of clear.slice(0, rules.attention)) insert(items, { image, kind: 'attention' }, 0, rule, random);
}

/** A repeat comes `repeatApart` positions or more after its image; images from which there is room are taken first. */
function addRepeats(items: Item[], mine: readonly StimulusImage[], rules: OrderRules, random: RandomStream): void {
  const real = items.flatMap(({ kind, image }, position) => (kind === 'real' ? [{ image, position }] : []));
  const hasRoom = ({ position }: { position: number }): boolean => position + rules.repeatApart <= items.length;
  const chosen = [...random.shuffle(real.filter(hasRoom)), ...real.filter((each) => !hasRoom(each))];
  const rule = insertionRule(items, mine, rules);
  for (const { image } of chosen.slice(0, rules.repeats)) {
    const first = items.findIndex((item) => item.image === image && item.kind === 'real');
    const from = Math.min(items.length, first + rules.repeatApart);
    insert(items, { image, kind: 'repeat' }, from, rule, random);
  }
}

/** What a trial that is put in between has to keep away from: the same image too, as far as there is room for it. */
function insertionRule(items: readonly Item[], mine: readonly StimulusImage[], rules: OrderRules): SpacingRule {
  const own = Math.max(2, Math.min(rules.repeatApart, Math.floor(items.length / 3)));
  return { spacing: spacingOf(mine, rules.order.apart, own), window: Math.max(rules.order.apart, own) - 1 };
}

/** Puts a trial in at a position from `from` on. */
function insert(
  items: Item[],
  trial: Pick<Trial, 'image' | 'kind'>,
  from: number,
  rule: SpacingRule,
  random: RandomStream,
): void {
  let position = from + random.int(items.length - from + 1);
  for (let attempt = 0; attempt < tries && !fitsBetween(items, position, trial.image, rule); attempt++) {
    position = from + random.int(items.length - from + 1);
  }
  // A trial between two blocks belongs to the one before.
  const block = items[position - 1]?.block ?? items[0]?.block ?? 1;
  items.splice(position, 0, { ...trial, block });
}

/** Clear images where there are enough, those first that come late as real trials. */
function practiceTrials(
  images: readonly StimulusImage[],
  items: readonly Item[],
  rules: OrderRules,
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
  const chosen = [...clear.sort(latest), ...others.sort(latest)].slice(0, rules.practice);
  return random.shuffle(chosen).map((image) => ({ image, kind: 'practice', block: 1 }));
}
