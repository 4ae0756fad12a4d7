import type { ResponsesArchive, StimulusSetArchive } from '../../contract/archive.ts';

/** What labels may be of. */
export interface KnownSet {
  readonly images: ReadonlySet<number>;
  /** How many. */
  readonly classes: number;
}

/** By hash. */
export const knownSets = (sets: readonly StimulusSetArchive[]): ReadonlyMap<string, KnownSet> =>
  new Map(
    sets.map(({ hash, images, classes }) => [
      hash,
      { images: new Set(images.map(({ id }) => id)), classes: classes.length },
    ]),
  );

/** Nobody else has both. */
export const personOf = ({ source, pseudonym }: { source: string; pseudonym: string }): string =>
  `${source}\n${pseudonym}`;

/** What contradicts itself in an archive's labels; undefined: nothing. */
export function responsesFault(
  { labelers }: ResponsesArchive,
  sets: ReadonlyMap<string, KnownSet>,
): string | undefined {
  const logs = labelers.flatMap(({ log }) => log);
  if (logs.some(({ setHash, imageId }) => !sets.get(setHash)?.images.has(imageId)))
    return 'a label is of an image that is not there';
  if (logs.some(({ setHash, label }) => label !== null && label >= (sets.get(setHash)?.classes ?? 0)))
    return 'a label is none of the classes of its stimulus set';
  if (new Set(labelers.map(personOf)).size !== labelers.length) return 'a labeler occurs twice';
  if (labelers.some(({ links }) => links.filter(({ replacedAt }) => replacedAt === null).length > 1))
    return 'a labeler counts twice';
  return undefined;
}
