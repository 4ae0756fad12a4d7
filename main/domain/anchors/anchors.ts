import { UserError } from '../../contract/wire/errors.ts';
import type { AnchorDesign, AnchorRule, BlendedRule } from '../../contract/stimuli/stimuli.ts';
import { at } from '../numbers/arrays.ts';
import { randomStream } from '../random/random.ts';
import { layOutStimuli, type Pair, type PlacedImage } from '../stimuli/stimulus-set.ts';

/** Which anchor of each of its two classes a pair has, from 0. */
export type PairAnchors = readonly [i: number, j: number];

/** Most anchors that a design gives a class. */
function mostPerClass(design: AnchorDesign): number {
  if (design.kind === 'fresh') return Number.POSITIVE_INFINITY;
  return design.kind === 'several' ? design.perClass : 1;
}

/**
 * The anchors between which each pair is drawn, in the order of the pairs. A class's anchors take turns: its first pair
 * has anchor 0, the next anchor 1, and so on. With fresh anchors no two pairs share one, so pairs are independent.
 */
export function placeAnchors(pairs: readonly Pair[], design: AnchorDesign): PairAnchors[] {
  const most = mostPerClass(design);
  const pairsSoFar = new Map<number, number>();
  const next = (classIndex: number): number => {
    const count = pairsSoFar.get(classIndex) ?? 0;
    pairsSoFar.set(classIndex, count + 1);
    return Number.isFinite(most) ? count % most : count;
  };
  return pairs.map(([i, j]) => [next(i), next(j)]);
}

/** How many anchors each class needs: at least one, so that a class without a pair can be looked at too. */
export function anchorCounts(pairs: readonly Pair[], design: AnchorDesign, classes: number): number[] {
  const counts = new Array<number>(classes).fill(1);
  placeAnchors(pairs, design).forEach((ends, n) => {
    at(pairs, n).forEach((classIndex, end) => {
      counts[classIndex] = Math.max(counts[classIndex] ?? 1, at(ends, end) + 1);
    });
  });
  return counts;
}

/** The images of a design: see `layOutStimuli`. With one anchor a class, images name none. */
export function layOutDesign(
  pairs: readonly Pair[],
  alphas: readonly number[],
  design: AnchorDesign = { kind: 'one' },
): PlacedImage[] {
  const images = layOutStimuli(pairs, alphas);
  if (design.kind === 'one') return images;
  const placed = placeAnchors(pairs, design);
  return images.map((image, n) => {
    const [i, j] = at(placed, Math.floor(n / alphas.length));
    return { ...image, anchorI: anchorId(i), anchorJ: anchorId(j) };
  });
}

/** An anchor's id, unique in its class: its number from 1. */
const anchorId = (index: number): string => String(index + 1);

/** What anchors of a class may be chosen from: numbers of samples, as `latentPoint` draws them. */
export interface ClassPool {
  /** Best first. */
  readonly candidates: readonly number[];
  /** All clear samples of the search, ascending; null: the search did not keep them. */
  readonly clear: readonly number[] | null;
}

/** The index of a candidate, or the number of another sample. */
type Picked = { readonly candidate: number } | { readonly sample: number };

/**
 * Chooses anchors of a class by a rule, without those already taken. Random rules draw without replacement; what they
 * draw depends on the seed, the class and the pool alone.
 * @param taken numbers of samples
 * @throws UserError `stimuli.too-few-anchors`
 */
export function pickAnchors(
  { candidates, clear }: ClassPool,
  rule: AnchorRule | BlendedRule,
  classIndex: number,
  count: number,
  taken: ReadonlySet<number> = new Set(),
): Picked[] {
  const pool: Picked[] =
    rule.kind === 'clear'
      ? (clear ?? []).flatMap((sample) => (taken.has(sample) ? [] : [{ sample }]))
      : candidates.flatMap((sample, candidate) => (taken.has(sample) ? [] : [{ candidate }]));
  if (pool.length < count) {
    const what = rule.kind === 'clear' ? 'clear samples' : 'candidates';
    throw new UserError(
      'stimuli.too-few-anchors',
      `Class ${classIndex} needs ${count} anchors, and the search found ${pool.length} ${what} to choose from`,
      'stimuli.samples, stimuli.candidatesPerClass',
      'Draw more samples, keep more candidates of each class, or use fewer anchors a class.',
    );
  }
  if (rule.kind !== 'best') randomStream(rule.seed, 'anchors', rule.kind, classIndex).shuffle(pool);
  return pool.slice(0, count);
}
