import { anchorIdPattern } from '../../contract/stimuli/stimuli.ts';
import { imageLength, type ImageSize } from '../data/images.ts';

/** Two different classes by index, the smaller first. */
export type Pair = readonly [i: number, j: number];

/**
 * What is known of one stimulus: it lies at `alpha` on the way from class `pairI` (alpha 0) to `pairJ` (alpha 1). Images that
 * lie between no two classes, such as test images, have none of the three: a set has them of all its images, or of none.
 */
export interface StimulusImage {
  /** Whole number >= 0, unique in its set; a set is ordered by it. */
  id: number;
  /** Class indices, pairI < pairJ. */
  pairI: number | null;
  pairJ: number | null;
  /** In [0, 1]. */
  alpha: number | null;
  /** Ids of the two anchors that it lies between, unique in their class; absent or null: the one anchor of the class. */
  anchorI?: string | null | undefined;
  anchorJ?: string | null | undefined;
  /** The class that the image shows in truth, where its set states one. */
  truth?: number | null | undefined;
}

/** An image that lies between two classes. */
export type PlacedImage<Image extends Placeable = StimulusImage> = Image & {
  pairI: number;
  pairJ: number;
  alpha: number;
};
type Placeable = { readonly [Key in 'pairI' | 'pairJ' | 'alpha']: number | null };

export const isPlaced = <Image extends Placeable>(image: Image): image is PlacedImage<Image> =>
  image.pairI !== null && image.pairJ !== null && image.alpha !== null;

/** Columns of tables with the place of an image: all three, or none. */
export const placeColumns = ['pair_i', 'pair_j', 'alpha'] as const;

/** Whether a table says where its images lie. @param names of its columns */
export const namePlaces = (names: readonly string[]): boolean => placeColumns.some((name) => names.includes(name));

/** Whether images lie between classes. They have a pair and an alpha then, and else none has. */
export const arePlaced = <Image extends Placeable>(images: readonly Image[]): images is readonly PlacedImage<Image>[] =>
  images.every(isPlaced);

/** Whether two images lie at the same place between the same classes, or both between none. */
export const samePlace = (a: Placeable, b: Placeable): boolean =>
  a.pairI === b.pairI &&
  a.pairJ === b.pairJ &&
  (a.alpha === null || b.alpha === null ? a.alpha === b.alpha : sameAlpha(a.alpha, b.alpha));

/** The pairs of images, in the order in which they first occur; images without one have none. */
export function pairsOf(images: readonly Placeable[]): [i: number, j: number][] {
  const pairs = images.filter(isPlaced).map(({ pairI, pairJ }) => [`${pairI}-${pairJ}`, [pairI, pairJ]] as const);
  return [...new Map(pairs).values()].map(([i, j]) => [i, j]);
}

/** Part of an image's record: an image that lies between no classes is a unit of its own in intervals. */
export const independenceOf = (isBetween: boolean): { independent?: true } => (isBetween ? {} : { independent: true });

/** The anchors of an image as a part of a record: nothing where the image names none. */
export function anchorsOf({ anchorI = null, anchorJ = null }: Pick<StimulusImage, 'anchorI' | 'anchorJ'>): {
  anchorI?: string | null;
  anchorJ?: string | null;
} {
  return anchorI === null && anchorJ === null ? {} : { anchorI, anchorJ };
}

/** The true class of an image as a part of a record: nothing where it is unknown. */
export const truthOf = ({ truth }: Pick<StimulusImage, 'truth'>): { truth?: number } =>
  truth == null ? {} : { truth };

/** An image as a record has it: where it lies, and its anchors and true class if they are known. */
export const placeOf = ({
  id,
  pairI,
  pairJ,
  alpha,
  ...image
}: Pick<StimulusImage, 'id' | 'pairI' | 'pairJ' | 'alpha' | 'anchorI' | 'anchorJ' | 'truth'>) => ({
  id,
  pairI,
  pairJ,
  alpha,
  ...anchorsOf(image),
  ...truthOf(image),
});

/** Whether the true class of any image is known. */
export const hasTruth = (images: readonly Pick<StimulusImage, 'truth'>[]): boolean =>
  images.some(({ truth }) => truth != null);

/** True classes as the provenance of a set has them; nothing for a set without any. */
export function trueClasses(images: readonly Pick<StimulusImage, 'truth'>[]): { truth?: (number | null)[] } {
  if (!hasTruth(images)) return {};
  return { truth: images.map(({ truth = null }) => truth) };
}

/** Whether any image of a set names its anchors. */
export const hasAnchors = (images: readonly Pick<StimulusImage, 'anchorI' | 'anchorJ'>[]): boolean =>
  images.some((image) => Object.keys(anchorsOf(image)).length > 0);

/** Whether an anchor may be called so in a file. */
export const isAnchorId = (text: string): boolean => anchorIdPattern.test(text);

/**
 * Whether two alphas are the same place on the way between two classes. Programs write alphas with different numbers of
 * digits, so 1e-6 apart is the same; the finest design, 1,001 alphas a pair, has steps of 1e-3.
 */
export const sameAlpha = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6;

/** The alphas of images, ascending; `sameAlpha` ones count once. Null ones are left out. */
export function distinctAlphas(images: readonly { alpha: number | null }[]): number[] {
  const distinct: number[] = [];
  for (const alpha of images.flatMap((image) => image.alpha ?? []).sort((a, b) => a - b)) {
    if (!sameAlpha(alpha, distinct.at(-1) ?? -1)) distinct.push(alpha);
  }
  return distinct;
}

/** A frozen set of images, in ascending order of id. Known by the hash of its pixels: see identity.ts. */
export interface StimulusSet extends ImageSize {
  images: readonly StimulusImage[];
  /** uint8 [images.length, height, width, channels]; 0 is black. */
  pixels: Uint8Array;
}

/** The pixels of the image at a position of the set (not a copy), uint8 [height, width, channels]. */
export function pixelsAt(set: ImageSize & Pick<StimulusSet, 'pixels'>, position: number): Uint8Array {
  const size = imageLength(set);
  return set.pixels.subarray(position * size, (position + 1) * size);
}

/** The images of a design: every pair at every alpha, pair by pair, with ids 0, 1, 2... */
export function layOutStimuli(pairs: readonly Pair[], alphas: readonly number[]): PlacedImage[] {
  return pairs.flatMap(([pairI, pairJ], pair) =>
    alphas.map((alpha, step) => ({ id: pair * alphas.length + step, pairI, pairJ, alpha })),
  );
}
