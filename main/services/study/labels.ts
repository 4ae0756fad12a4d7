import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import type { LabelersSpec } from '../../contract/study.ts';
import { rehearse } from '../../domain/rehearsal.ts';
import { readHumansCsv } from '../../files/tables/humans-csv.ts';
import type { HumansTable } from '../../files/tables/humans-csv.ts';
import type { ResponseTable, StimulusRecord } from '../../storage/index.ts';
import { countedLabelers } from '../labeling/counted.ts';
import { refuseLocked } from '../labeling/find.ts';
import { labelsHash } from '../labeling/lock.ts';
import type { Workbench } from '../workbench.ts';

/** The study whose stimuli are labelled. */
interface LabelledStudy {
  id: number;
  spec: LabelersSpec;
  /** What relative paths start from. */
  folder: string;
  classes: number;
}

export interface ProvidedLabels {
  simulated: boolean;
  detail: string;
}

/** How the source of a labeler begins who came with a file; the file's hash follows. */
const importedFrom = 'csv:';

/**
 * Brings the labels that the study names into the store: from a CSV file, or simulated for a rehearsal. Doing it again
 * changes nothing. Labels of people that were imported into the study stay its labels unless the study names a file:
 * a rehearsal gives way to them, and never mixes with them. Imported labels of simulated labelers stay where the study
 * names none. Those who labelled other stimuli leave it, with a warning. Null when there are no labels.
 * @throws UserError `csv.*`, `humans.*`, `rehearsal.*`, `labeling.locked`; nothing is stored then.
 */
export async function provideLabels(
  bench: Workbench,
  study: LabelledStudy,
  setHash: string,
  warn: (message: string) => void,
): Promise<ProvidedLabels | null> {
  const { spec, id, classes } = study;
  if (spec.source === 'csv') {
    return importLabels(bench, { id, path: resolve(study.folder, spec.path), classes }, setHash);
  }
  const { storage, now } = bench;
  const imported = storage.labelers
    .ofStudy(id)
    .filter(({ simulated, source }) => !simulated || (spec.source === 'none' && source.startsWith(importedFrom)));
  const known = imported.filter((labeler) => storage.responses.log(setHash, labeler.id).length > 0);
  if (known.length > 0) {
    return {
      simulated: known.some((labeler) => labeler.simulated),
      detail: `${known.length} labelers, imported before`,
    };
  }
  if (imported.length > 0) {
    warn(
      `The ${imported.length} labelers imported before labelled other stimuli; they are left out. ` +
        'Import labels of these stimuli with `boundary responses import`.',
    );
  }
  if (spec.source === 'none') {
    storage.studies.useLabelers(id, [], now());
    return null;
  }
  return store(bench, id, rehearsalTable(spec, storage.stimulusSets.images(setHash), classes, setHash));
}

/**
 * Imports a humans.csv, all of it or nothing, and makes these labelers the study's.
 * @throws UserError `csv.*`, `humans.*`, `labeling.locked`
 */
export async function importLabels(
  bench: Workbench,
  { id, path, classes }: { id: number; path: string; classes: number },
  setHash: string,
): Promise<ProvidedLabels> {
  const images = bench.storage.stimulusSets.images(setHash);
  const ids = new Set(images.map((image) => image.id));
  const knownImages = { has: (image: number): boolean => ids.has(image), source: 'the study’s stimulus set' };
  const table = await readHumansCsv(path, { classes, knownImages });
  checkPlaces(table, images, path);
  const source = `${importedFrom}${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  return store(bench, id, { setHash, simulated: table.simulated, source, rows: rowsOf(table) });
}

function store({ storage, now }: Workbench, studyId: number, table: ResponseTable): ProvidedLabels {
  const stored = storage.transaction(() => {
    const locked = storage.labeling.locks.current(studyId) && labelsHash({ storage }, studyId).hash;
    const labelers = storage.responses.importTable({ ...table, studyId }, now());
    // Those who labelled in sessions stay; a rehearsal does not get here where there are any.
    const sessions = table.simulated ? [] : countedLabelers({ storage }, studyId);
    storage.studies.useLabelers(studyId, [...sessions, ...labelers], now());
    // The same table again changes nothing, under a lock too.
    if (locked && labelsHash({ storage }, studyId).hash !== locked) refuseLocked({ storage }, studyId);
    return new Set(labelers.map((id) => storage.labelers.get(id)?.pseudonym));
  });
  const [count, all] = [stored.size, new Set(table.rows.map((row) => row.pseudonym)).size];
  const labels = table.rows.filter(({ pseudonym }) => stored.has(pseudonym)).length;
  const left = all > count ? `; ${all - count} withdrew and are left out` : '';
  const who = table.simulated ? `${count} simulated labelers (rehearsal only)` : `${count} labelers`;
  return { simulated: table.simulated, detail: `${who}, ${labels} labels${left}` };
}

function rehearsalTable(
  { count, seed }: { count: number; seed: number },
  images: readonly StimulusRecord[],
  classes: number,
  setHash: string,
): ResponseTable {
  const { pseudonyms, labels } = rehearse({ points: images, classes, count, seed });
  const rows = pseudonyms.flatMap((pseudonym, labeler) =>
    images.map(({ id }, index) => ({ imageId: id, pseudonym, label: labels[labeler]?.[index] ?? null })),
  );
  return { setHash, simulated: true, source: `rehearsal:${seed}`, rows };
}

/** A table made for another set of images would give every label to the wrong picture. */
function checkPlaces(table: HumansTable, images: readonly StimulusRecord[], path: string): void {
  const stored = new Map(images.map((image) => [image.id, image]));
  for (const { id, pairI, pairJ, alpha } of table.images) {
    const image = stored.get(id);
    if (image && image.pairI === pairI && image.pairJ === pairJ && Math.abs(image.alpha - alpha) < 1e-6) continue;
    const there = image ? `${image.pairI}-${image.pairJ} at alpha ${image.alpha}` : 'nothing';
    throw new UserError({
      code: 'humans.other-stimuli',
      what: `Image ${id} is ${pairI}-${pairJ} at alpha ${alpha} in this file, and ${there} in the study`,
      where: path,
      remedy: 'Import labels of this study’s own stimulus set; its manifest lists image, pair and alpha.',
    });
  }
}

/** Blank cells are answers that were not given; rows that are not there are no responses. */
function rowsOf({ images, labelers, labels }: HumansTable): ResponseTable['rows'] {
  return labelers.flatMap((pseudonym, labeler) =>
    images.map(({ id }, index) => {
      const label = labels[labeler * images.length + index] ?? -1;
      return { imageId: id, pseudonym, label: label < 0 ? null : label };
    }),
  );
}
