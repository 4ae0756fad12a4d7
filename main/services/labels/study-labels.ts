import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import { isDrawnPseudonym } from '../../domain/labeling/pseudonym.ts';
import { formatCount, formatNames } from '../../domain/format.ts';
import type { LabelersSpec } from '../../contract/study.ts';
import { rehearse } from '../../domain/rehearsal.ts';
import { samePlace } from '../../domain/stimulus-set.ts';
import { type HumansTable, readHumansCsv } from '../../files/tables/humans-csv.ts';
import type { ResponseTable, StimulusRecord } from '../../storage/index.ts';
import { labelsHash, peopleFromSessions } from './people.ts';
import { personCheck } from './left-out.ts';
import { refuseLocked } from './find.ts';
import { refusals } from './refusals.ts';
import type { Workbench } from '../tools/workbench.ts';

interface StudyToLabel {
  id: number;
  spec: LabelersSpec;
  folder: string;
  classes: number;
}

interface ProvidedLabels {
  simulated: boolean;
  detail: string;
}

const knownText = (labelers: readonly { source: string }[]): string => {
  const files = labelers.filter(({ source }) => source.startsWith(importedFrom)).length;
  if (files === 0) return `${formatCount(labelers.length, 'labeler')} from labeling sessions`;
  return `${formatCount(labelers.length, 'labeler')}, ${files === labelers.length ? '' : `${files} of them `}imported before`;
};

interface CountedTable {
  table: ResponseTable;
  leftOut: string[];
  /** Name of the file; null for a rehearsal. */
  file: string | null;
}

/** Prefix of the source of labelers from a file, before the hash of the file. */
const importedFrom = 'csv:';

/**
 * Stores the labels that the study file names: from a CSV file, or simulated for a rehearsal. Repeating it changes nothing.
 * Without a named file, imported labels of people stay and replace a rehearsal. Imported simulated labels stay if the study
 * file names no labels. Imported labelers of other stimuli leave the study, with a warning. Null: there are no labels.
 * @throws UserError `csv.*`, `humans.*`, `rehearsal.*`, `labeling.locked`; nothing is stored then.
 */
export async function provideLabels(
  workbench: Workbench,
  study: StudyToLabel,
  setHash: string,
  warn: (message: string) => void,
): Promise<ProvidedLabels | null> {
  const { spec, id, classes } = study;
  if (spec.source === 'csv') {
    const counted = await readLabels(workbench, { id, path: resolve(study.folder, spec.path), classes }, setHash);
    if (!isMixed(workbench, id, counted)) return store(workbench, id, counted);
    warn(`The labelers of ${spec.path} are simulated; they are left out, as people labeled in sessions.`);
  }
  const { storage, now } = workbench;
  const imported = storage.labelers
    .ofStudy(id)
    .filter(({ simulated, source }) => !simulated || (spec.source === 'none' && source.startsWith(importedFrom)));
  const known = imported.filter((labeler) => storage.responses.log(setHash, labeler.id).length > 0);
  if (known.length > 0) {
    return {
      simulated: known.some((labeler) => labeler.simulated),
      detail: knownText(known),
    };
  }
  if (imported.length > 0) {
    warn(
      `${formatCount(imported.length, 'labeler')} imported before labeled other stimuli and are left out. ` +
        'Import labels of these stimuli with `boundary responses import`.',
    );
  }
  if (spec.source !== 'rehearsal') {
    underLock(workbench, id, () => storage.studies.useLabelers(id, [], now()));
    return null;
  }
  const table = rehearsalTable(spec, storage.stimulusSets.get(setHash)?.images ?? [], classes, setHash);
  return store(workbench, id, { table, leftOut: [], file: null });
}

/**
 * Imports a humans.csv, all or nothing. Its labelers join those of the study's sessions. People who withdrew or have a
 * session in the study are left out, and listed in the result.
 * @throws UserError `csv.*`, `humans.*`, `labeling.locked`; `labeling.table` if nobody remains, or if simulated labelers
 * would mix with people of sessions
 */
export async function importLabels(
  workbench: Workbench,
  file: { id: number; path: string; classes: number },
  setHash: string,
): Promise<ProvidedLabels> {
  const counted = await readLabels(workbench, file, setHash);
  if (isMixed(workbench, file.id, counted))
    throw refusals.mixed(workbench.storage.studies.get(file.id)?.name ?? 'the study');
  if (counted.table.rows.length === 0) {
    const remedy = 'They withdrew, or have a session in this study: their labels are in it already.';
    throw refusals.table('Nobody in this table can be imported', file.path, remedy);
  }
  return store(workbench, file.id, counted);
}

const isMixed = (workbench: Workbench, studyId: number, { table }: CountedTable): boolean =>
  table.simulated && peopleFromSessions(workbench, studyId).length > 0;

async function readLabels(
  workbench: Workbench,
  { id, path, classes }: { id: number; path: string; classes: number },
  setHash: string,
): Promise<CountedTable> {
  const images = workbench.storage.stimulusSets.images(setHash);
  const ids = new Set(images.map((image) => image.id));
  const knownImages = { has: (image: number): boolean => ids.has(image), source: 'the study’s stimulus set' };
  const table = await readHumansCsv(path, { classes, knownImages });
  checkPlaces(table, images, path);
  const source = `${importedFrom}${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  const withdrawals = workbench.storage.labeling.withdrawals.lookup();
  // A simulated labeler may have the pseudonym of a person.
  const checkPerson = table.simulated
    ? (pseudonym: string) => (withdrawals.find({ source, pseudonym }) === undefined ? null : 'withdrawn')
    : personCheck(workbench, id, source);
  const people = Map.groupBy(table.labelers, (name) => checkPerson(name) ?? 'counted');
  const [withdrawn, present] = [people.get('withdrawn') ?? [], people.get('present') ?? []];
  const left = new Set([...withdrawn, ...present]);
  const rows = responseRows(table).filter(({ pseudonym }) => !left.has(pseudonym));
  const leftOut = [
    ...(withdrawn.length > 0 ? [`${withdrawn.length} withdrew`] : []),
    // The names of people who withdrew are not shown.
    ...(present.length > 0 ? [`${present.length} labeled in sessions of this study (${formatNames(present)})`] : []),
  ];
  return { table: { setHash, simulated: table.simulated, source, rows }, leftOut, file: basename(path) };
}

function store({ storage, now }: Workbench, studyId: number, { table, leftOut, file }: CountedTable): ProvidedLabels {
  const count = underLock({ storage }, studyId, () => {
    // `isMixed` was checked before: simulated labelers never join people of sessions.
    const sessions = table.simulated ? [] : peopleFromSessions({ storage }, studyId);
    const labelers = storage.responses.importTable({ ...table, studyId }, now());
    storage.studies.useLabelers(studyId, [...new Set([...sessions, ...labelers])], now());
    return labelers.length;
  });
  if (file !== null) noteFile({ storage }, table.source, file);
  const left = leftOut.length > 0 ? `; left out: ${leftOut.join(', ')}` : '';
  const who = table.simulated
    ? `${formatCount(count, 'simulated labeler')} (rehearsal only)`
    : formatCount(count, 'labeler');
  const labels = table.rows.filter(({ label }) => label !== null).length;
  const isNamed = !table.simulated && table.rows.some(({ pseudonym }) => !isDrawnPseudonym(pseudonym));
  const names = isNamed ? '; exports, reports and archives name them as the table does' : '';
  return { simulated: table.simulated, detail: `${who}, ${formatCount(labels, 'label')}${left}${names}` };
}

/** Only for the list of labelers: without it, the list shows the hash of the file. */
function noteFile({ storage }: Pick<Workbench, 'storage'>, source: string, file: string): void {
  try {
    storage.importedNames.add(source, file, []);
    storage.importedNames.settle(source);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** All or nothing. Under a lock, no label may change. @throws UserError `labeling.locked` */
function underLock<T>({ storage }: Pick<Workbench, 'storage'>, studyId: number, change: () => T): T {
  return storage.transaction(() => {
    const locked = storage.labeling.locks.current(studyId) && labelsHash({ storage }, studyId).hash;
    const result = change();
    if (locked && labelsHash({ storage }, studyId).hash !== locked) refuseLocked({ storage }, studyId);
    return result;
  });
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
    throw new UserError({
      code: 'humans.other-stimuli',
      what: `Image ${id} is ${pairI}-${pairJ} at alpha ${alpha} in this file, and ${there} in the study`,
      where: path,
      remedy: 'Import labels of this study’s own stimulus set; its manifest lists image, pair and alpha.',
    });
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
