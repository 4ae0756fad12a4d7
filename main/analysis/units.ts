import type { Units } from './bootstrap.ts';
import type { HumanView } from './humans.ts';
import type { ImageInput } from './input.ts';

/** Images of one pair in the order of alpha, then id; pairs ascending by (i, j). Images without a pair are in none. */
export interface PairRow {
  readonly i: number;
  readonly j: number;
  /** Places in the order of `meta.images`. */
  readonly images: readonly number[];
}

export function pairRows(images: readonly ImageInput[]): PairRow[] {
  const rows = new Map<string, { i: number; j: number; images: number[] }>();
  images.forEach(({ pairI, pairJ, alpha }, index) => {
    if (pairI === null || pairJ === null || alpha === null) return;
    const key = `${pairI}-${pairJ}`;
    const row = rows.get(key);
    if (row) row.images.push(index);
    else rows.set(key, { i: pairI, j: pairJ, images: [index] });
  });
  for (const row of rows.values()) row.images.sort((a, b) => images[a]!.alpha! - images[b]!.alpha! || a - b);
  return [...rows.values()].sort((a, b) => a.i - b.i || a.j - b.j);
}

/** A pair as expected.json names it: "49"; with more than ten classes "4-9", where "112" could be two pairs. */
export const pairName = ({ i, j }: { i: number; j: number }, classes: number): string =>
  classes > 10 ? `${i}-${j}` : `${i}${j}`;

/** What is resampled (metrics.md 8: of determined images): images, or pairs of them without the empty ones. */
export interface ResamplingUnits {
  readonly image: Units;
  readonly pair: Units;
}

export function resamplingUnits(pairs: readonly PairRow[], { status }: HumanView): ResamplingUnits {
  return unitsWhere(pairs, status.length, (image) => status[image] !== null);
}

/** The images, of so many, that are drawn, and pairs of them. */
export function unitsWhere(
  pairs: readonly PairRow[],
  images: number,
  drawn: (image: number) => boolean,
): ResamplingUnits {
  return {
    image: Array.from({ length: images }, (_, image) => image).flatMap((image) => (drawn(image) ? [[image]] : [])),
    pair: pairs.map((row) => row.images.filter(drawn)).filter((found) => found.length > 0),
  };
}
