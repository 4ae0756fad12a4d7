import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { UserError } from '../../contract/errors.ts';
import { samePlace } from '../../domain/stimulus-set.ts';
import { type HumansTable, readHumansCsv } from '../../files/tables/humans-csv-reader.ts';
import type { ResponseTable, StimulusRecord } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';
import { importedFrom } from './sources.ts';

/** A humans.csv, and the stimulus set that it has to be for. */
export interface WantedLabels {
  path: string;
  setHash: string;
  classes: number;
}

/** Labels of a file, checked against a stimulus set. */
export type LabelsOfFile = Pick<ResponseTable, 'source' | 'simulated' | 'rows'>;

/** Where labels of a file come from: the file, by its hash. @throws file system errors */
export async function fileSource(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `${importedFrom}${hash.digest('hex')}`;
}

/** Reads a humans.csv of a stimulus set, row by row. @throws UserError `csv.*`, `file.*`, `humans.*` */
export async function readLabels(
  { storage }: Pick<Workbench, 'storage'>,
  { path, setHash, classes }: WantedLabels,
): Promise<LabelsOfFile> {
  const images = storage.stimulusSets.images(setHash);
  const ids = new Set(images.map((image) => image.id));
  const knownImages = { has: (image: number): boolean => ids.has(image), source: 'the study’s stimulus set' };
  const table = await readHumansCsv(path, { classes, knownImages });
  checkPlaces(table, images, path);
  return { source: await fileSource(path), simulated: table.simulated, rows: responseRows(table) };
}

/** A table made for other stimuli would give every label to the wrong image. @throws UserError `humans.other-stimuli` */
function checkPlaces(table: HumansTable, images: readonly StimulusRecord[], path: string): void {
  const stored = new Map(images.map((image) => [image.id, image]));
  for (const { id, pairI, pairJ, alpha } of table.images) {
    const image = stored.get(id);
    // A table without the columns says nothing of places.
    if (image && (alpha === null || samePlace(image, { pairI, pairJ, alpha }))) continue;
    const place =
      image?.alpha == null ? 'between no two classes' : `${image.pairI}-${image.pairJ} at alpha ${image.alpha}`;
    const there = image ? place : 'nothing';
    throw new UserError(
      'humans.other-stimuli',
      `Image ${id} is ${pairI}-${pairJ} at alpha ${alpha} in this file, and ${there} in the study`,
      path,
      'Import labels of this study’s own stimulus set; its manifest lists image, pair and alpha.',
    );
  }
}

/** Blank cells become responses without a label. Missing rows become no response. */
function responseRows({ images, labelers, labels }: HumansTable): ResponseTable['rows'] {
  return labelers.flatMap((pseudonym, labeler) =>
    images.map(({ id }, index) => {
      const label = labels[labeler * images.length + index] ?? -1;
      return { imageId: id, pseudonym, label: label < 0 ? null : label };
    }),
  );
}
