import type { z } from 'zod';
import { imageHash, stimulusSetHash } from '../../domain/plans/index.ts';
import { storedSize } from '../../domain/data/index.ts';
import {
  arePlaced,
  hasAnchors,
  hasTruth,
  pixelsAt,
  placeColumns,
  type StimulusSet,
} from '../../domain/stimuli/index.ts';
import {
  anchorColumns,
  channelsColumn,
  type descriptionSchema,
  optional,
  required,
  schemaNames,
  truthColumn,
} from './manifest.ts';
import { formatCsv } from '../../files/tables/index.ts';

/** The manifest of a set, LF line ends; `files`: the path of each image, in order of the set. */
export function formatManifest(set: StimulusSet, files: readonly string[]): string {
  const inColor = set.channels > 1;
  const withAnchors = hasAnchors(set.images);
  const withTruth = hasTruth(set.images);
  const placed = arePlaced(set.images);
  const rows = set.images.map(({ id, pairI, pairJ, alpha, anchorI = null, anchorJ = null, truth = null }, position) => {
    const hash = imageHash(pixelsAt(set, position));
    const row = [id, files[position] ?? null, ...(placed ? [pairI, pairJ, alpha] : []), set.width, set.height, hash];
    const channels = inColor ? [set.channels] : [];
    return [...row, ...channels, ...(withAnchors ? [anchorI, anchorJ] : []), ...(withTruth ? [truth] : [])];
  });
  const further = [
    ...(inColor ? [channelsColumn] : []),
    ...(withAnchors ? anchorColumns : []),
    ...(withTruth ? [truthColumn] : []),
  ];
  return formatCsv([[...required, ...(placed ? placeColumns : []), ...optional, ...further], ...rows]);
}

/** Contents of manifest.json. */
export function formatDescription(set: StimulusSet): string {
  const description: z.infer<typeof descriptionSchema> = {
    schema: schemaNames[set.channels > 1 ? 1 : 0],
    images: set.images.length,
    ...storedSize(set),
    setHash: stimulusSetHash(set),
  };
  return `${JSON.stringify(description, null, 2)}\n`;
}
