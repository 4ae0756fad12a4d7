import { basename, resolve } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import { isDrawnPseudonym } from '../../domain/labeling/pseudonym.ts';
import { formatCount, formatNames } from '../../domain/format.ts';
import type { LabelersSpec } from '../../contract/study.ts';
import { rehearse } from '../../domain/rehearsal.ts';
import type { ResponseTable, StimulusRecord } from '../../storage/index.ts';
import type { LabelsOfFile, WantedLabels } from './labels-file.ts';
import { importedFrom } from './sources.ts';
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

/** A file of labels for a study. */
interface FileOfStudy {
  id: number;
  path: string;
  classes: number;
}

/** Reads a file of labels as `readLabels` does: a host has another process do it. */
export type ReadLabels = (file: WantedLabels) => Promise<LabelsOfFile>;

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
  { warn, read }: { warn: (message: string) => void; read: ReadLabels },
): Promise<ProvidedLabels | null> {
  const { spec, id, classes } = study;
  if (spec.source === 'csv') {
    const file = { id, path: resolve(study.folder, spec.path), classes };
    const counted = await countedLabels(workbench, file, setHash, read);
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
  file: FileOfStudy,
  setHash: string,
  read: ReadLabels,
): Promise<ProvidedLabels> {
  const counted = await countedLabels(workbench, file, setHash, read);
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

async function countedLabels(
  workbench: Workbench,
  { id, path, classes }: FileOfStudy,
  setHash: string,
  read: ReadLabels,
): Promise<CountedTable> {
  const { source, simulated, rows: all } = await read({ path, setHash, classes });
  const withdrawals = workbench.storage.labeling.withdrawals.lookup();
  // A simulated labeler may have the pseudonym of a person.
  const checkPerson = simulated
    ? (pseudonym: string) => (withdrawals.find({ source, pseudonym }) === undefined ? null : 'withdrawn')
    : personCheck(workbench, id, source);
  const people = Map.groupBy(new Set(all.map(({ pseudonym }) => pseudonym)), (name) => checkPerson(name) ?? 'counted');
  const [withdrawn, present] = [people.get('withdrawn') ?? [], people.get('present') ?? []];
  const left = new Set([...withdrawn, ...present]);
  const rows = all.filter(({ pseudonym }) => !left.has(pseudonym));
  const leftOut = [
    ...(withdrawn.length > 0 ? [`${withdrawn.length} withdrew`] : []),
    // The names of people who withdrew are not shown.
    ...(present.length > 0 ? [`${present.length} labeled in sessions of this study (${formatNames(present)})`] : []),
  ];
  return { table: { setHash, simulated, source, rows }, leftOut, file: basename(path) };
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
