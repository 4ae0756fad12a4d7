import { UserError } from '../../contract/wire/errors.ts';
import type { AnchorDesign, BlendedRule, Blending } from '../../contract/stimuli/stimuli.ts';
import { anchorCounts, pickAnchors, placeAnchors } from './anchors.ts';
import { at } from '../numbers/arrays.ts';
import { type Candidate, clearConfidence, selectCandidates } from '../stimuli/candidates.ts';
import { className, formatCount } from '../numbers/format.ts';
import { layOutStimuli, type Pair, type PlacedImage } from '../stimuli/stimulus-set.ts';

/** Anchors that are real images, known by their position in the test part of a data set, and blends of two of them. */

/** Positions of the images of each class, ascending. */
export function positionsByClass(labels: ArrayLike<number>, classes: number): number[][] {
  const positions: number[][] = Array.from({ length: classes }, () => []);
  for (let n = 0; n < labels.length; n++) at(positions, at(labels, n)).push(n);
  return positions;
}

/** What a classifier says of all images: softmax float32 [images, classes]. */
export interface ClassifiedImages {
  readonly softmax: Float32Array;
  /** uint8 [images, values of an image]. */
  readonly pixels: Uint8Array;
}

/** An image that may become an anchor; its values are null where no classifier was asked. */
export interface RealCandidate {
  readonly index: number;
  readonly confidence: number | null;
  readonly margin: number | null;
}

/**
 * The images of each class to choose anchors from: clear and diverse ones as `selectCandidates` finds them among those
 * that the classifier recognizes (all of the class if it recognizes none), or the first ones without a classifier.
 */
export function realCandidates(
  members: readonly (readonly number[])[],
  perClass: number,
  classified: ClassifiedImages | null,
): RealCandidate[][] {
  const classes = members.length;
  if (classified === null) {
    return members.map((own) => own.slice(0, perClass).map((index) => ({ index, confidence: null, margin: null })));
  }
  const { softmax } = classified;
  const recognized = members.map((own, k) => {
    const right = own.filter((index) => {
      const row = softmax.subarray(index * classes, (index + 1) * classes);
      return row.indexOf(Math.max(...row)) === k;
    });
    return right.length > 0 ? right : [...own];
  });
  const chosen = selectCandidates({ classes, ...classified, distances: null, perClass, members: recognized });
  return chosen.map((list) => list.map(({ index, confidence, margin }: Candidate) => ({ index, confidence, margin })));
}

/** Images of each class whose softmax of that class is at or above the threshold; positions ascending. */
export const clearImages = (
  members: readonly (readonly number[])[],
  softmax: Float32Array,
  threshold = clearConfidence,
): number[][] => members.map((own, k) => own.filter((index) => at(softmax, index * members.length + k) >= threshold));

/** The images that anchors of a class are chosen from, as positions. */
export interface RealPool {
  readonly candidates: readonly number[];
  /** Null without a classifier. */
  readonly clear: readonly number[] | null;
  readonly members: readonly number[];
}

interface ChosenAnchors {
  /** One entry a class, positions; null: the rule chooses all. */
  readonly anchors: readonly (number | readonly number[])[] | null;
  readonly anchorDesign: AnchorDesign;
  readonly anchorRule: BlendedRule;
}

/**
 * Positions of the anchors of each class: first those that a person chose, then by the rule as many as the pairs need. A
 * class without a pair gets one if it has images.
 * @throws UserError `stimuli.anchors`, `stimuli.too-few-images`
 */
export function chooseRealAnchors(
  pools: readonly RealPool[],
  { anchors, anchorDesign, anchorRule }: ChosenAnchors,
  pairs: readonly Pair[],
  names: readonly string[],
): number[][] {
  if (anchors && anchors.length !== pools.length) {
    throw badAnchors(`There are ${pools.length} classes and anchors of ${anchors.length}`);
  }
  const inPair = new Set(pairs.flat());
  return anchorCounts(pairs, anchorDesign, pools.length).map((count, k) => {
    const pool = at(pools, k);
    const name = className(names, k);
    const byHand = [anchors?.[k] ?? []].flat();
    checkByHand(byHand, pool, name, anchorDesign);
    const chosen = byHand.slice(0, count);
    const taken = new Set(chosen);
    const left = fromRule(pool, anchorRule).filter((index) => !taken.has(index));
    const missing = count - chosen.length;
    if (left.length < missing) {
      if (!inPair.has(k)) return chosen;
      throw tooFewImages(name, count, left.length + chosen.length, anchorRule);
    }
    const picked = pickAnchors({ candidates: left, clear: left }, anchorRule, k, missing);
    return [...chosen, ...picked.map((each) => ('sample' in each ? each.sample : at(left, each.candidate)))];
  });
}

function fromRule({ candidates, clear, members }: RealPool, { kind }: BlendedRule): readonly number[] {
  if (kind === 'best') return candidates;
  return kind === 'clear' ? (clear ?? []) : members;
}

function checkByHand(byHand: readonly number[], { members }: RealPool, name: string, design: AnchorDesign): void {
  const own = new Set(members);
  const other = byHand.find((index) => !own.has(index));
  if (other !== undefined) throw badAnchors(`Test image ${other} is not of class ${name}`);
  const twice = byHand.find((index, n) => byHand.indexOf(index) < n);
  if (design.kind !== 'one' && twice !== undefined) {
    throw badAnchors(`Test image ${twice} is an anchor of class ${name} twice`);
  }
}

const badAnchors = (what: string): UserError =>
  new UserError(
    'stimuli.anchors',
    what,
    'stimuli.anchors',
    'Name test images of the class by their position, from 0; those that are missing are chosen by the rule.',
  );

function tooFewImages(name: string, count: number, found: number, { kind }: BlendedRule): UserError {
  const kinds = { best: 'candidate', clear: 'clear test image', random: 'test image' };
  return new UserError(
    'stimuli.too-few-images',
    `Class ${name} needs ${formatCount(count, 'anchor')} and has ${formatCount(found, kinds[kind])}`,
    'stimuli.anchorRule, stimuli.anchorDesign',
    'Use fewer anchors a class, fewer pairs of this class, or the rule "random"; or add test images.',
  );
}

/** A set between real images: its images, which name their anchors by position, and the two positions of each pair. */
export interface BlendedLayout {
  readonly images: PlacedImage[];
  readonly ways: (readonly [from: number, to: number])[];
}

/** @param anchors positions of each class's anchors, as `chooseRealAnchors` gives them */
export function layOutBlends(
  pairs: readonly Pair[],
  alphas: readonly number[],
  anchorDesign: AnchorDesign,
  anchors: readonly (readonly number[])[],
): BlendedLayout {
  const placed = placeAnchors(pairs, anchorDesign);
  const ways = pairs.map(([i, j], n) => {
    const [a, b] = at(placed, n);
    return [at(at(anchors, i), a), at(at(anchors, j), b)] as const;
  });
  const images = layOutStimuli(pairs, alphas).map((image, n) => {
    const [from, to] = at(ways, Math.floor(n / alphas.length));
    return { ...image, anchorI: String(from), anchorJ: String(to) };
  });
  return { images, ways };
}

/**
 * Blends pairs of images, pair by pair, at each alpha from the first (0) to the second (1); both ends are the images
 * themselves. `pixels`: the values (1 - alpha) a + alpha b. `linear-light`: the same of the light that an sRGB display
 * gives off, as if both were projected onto one screen (IEC 61966-2-1). Rounded to 8 bits, halves up.
 * @param images uint8 [count, length]
 * @returns uint8 [pairs, alphas, length]
 */
export function blendImages(
  images: Uint8Array,
  length: number,
  ways: readonly (readonly [from: number, to: number])[],
  alphas: readonly number[],
  blending: Blending,
): Uint8Array {
  const blended = new Uint8Array(ways.length * alphas.length * length);
  const toLight = Float64Array.from({ length: 256 }, (_, value) =>
    blending === 'linear-light' ? lightOf(value / 255) : value,
  );
  let place = 0;
  for (const [from, to] of ways) {
    const [a, b] = [from, to].map((index) => images.subarray(index * length, (index + 1) * length));
    if (a?.length !== length || b?.length !== length) throw new RangeError(`there is no image ${from} or ${to}`);
    for (const alpha of alphas) {
      for (let k = 0; k < length; k++) {
        const mixed = (1 - alpha) * toLight[a[k]!]! + alpha * toLight[b[k]!]!;
        blended[place++] = Math.floor((blending === 'linear-light' ? 255 * displayValue(mixed) : mixed) + 0.5);
      }
    }
  }
  return blended;
}

/** Light of an sRGB value, both in [0, 1]. */
const lightOf = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

const displayValue = (light: number): number =>
  light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
