import type { ClassMapping, ColumnMapping, TableLook } from '../../../contract/labeling/tables.ts';
import { sha256 } from '../../../files/blobs.ts';
import { quoted } from '../../../files/tables/table-errors.ts';
import { readFileSync } from 'node:fs';
import type { StimulusSetRecord } from '../../../storage/index.ts';
import type { LabelingDesk } from '../desk.ts';
import { labelledStudy, refuseLocked } from '../find.ts';
import { refusals } from '../refusals.ts';
import { guessClass, guessColumns } from './guess.ts';
import { readTable } from './rows.ts';

/** Spellings that are looked at, and rows that are shown. */
const most = { labels: 1000, sample: 8 };

/** What is in a table, and what its columns and classes seem to be. @throws UserError `csv.*`, `labeling.*`, `upload.gone` */
export async function inspectTable(
  desk: LabelingDesk,
  studyName: string,
  upload: string,
  labelColumn: string | null,
): Promise<TableLook> {
  const { set } = labelledStudy(desk.bench, studyName);
  const file = desk.uploads.get(upload);
  const sample: string[][] = [];
  const spellings = new Map<string, number>();
  let columns: readonly string[] = [];
  let rows = 0;
  const format = await readTable(file, (names) => {
    columns = names;
    const at = names.indexOf(labelColumn ?? guessColumns(names).label ?? '');
    return (cells) => {
      rows += 1;
      if (sample.length < most.sample) sample.push(cells.map((cell) => cell.slice(0, 200)));
      const text = cells[at];
      if (text === undefined || (spellings.size >= most.labels && !spellings.has(text))) return;
      spellings.set(text.slice(0, 200), (spellings.get(text.slice(0, 200)) ?? 0) + 1);
    };
  });
  const labels = [...spellings].map(([text, count]) => ({ text, count, guess: guessClass(text, set.classes) }));
  return { name: file.name, format, columns: [...columns], sample, rows, guess: guessColumns(columns), labels };
}

export interface TableImport {
  study: string;
  upload: string;
  columns: ColumnMapping;
  classes: ClassMapping;
  simulated: boolean;
}

interface Row {
  imageId: number;
  pseudonym: string;
  label: number | null;
}

/**
 * Stores a table's labels, all of it or nothing, and adds its labelers to the study's. The same file again changes
 * nothing. People and simulated labelers never mix: people take the place of a rehearsal.
 * @throws UserError `csv.*`, `labeling.*`, `upload.gone`
 */
export async function importTable(
  desk: LabelingDesk,
  { study: studyName, upload, columns, classes, simulated }: TableImport,
): Promise<{ labelers: number; labels: number; passedOver: number }> {
  const { storage, now } = desk.bench;
  const { study, set } = labelledStudy(desk.bench, studyName);
  refuseLocked(desk.bench, study.id);
  const known = storage.labelers.ofStudy(study.id);
  if (simulated && known.some((labeler) => !labeler.simulated)) throw mixed(studyName);
  const file = desk.uploads.get(upload);
  const { rows, passedOver } = await readRows(file, set, columns, classes);
  const source = `csv:${sha256(readFileSync(file.path))}`;
  storage.transaction(() => {
    const added = storage.responses.importTable({ setHash: set.hash, source, simulated, rows }, now());
    const kept = known.filter((labeler) => labeler.simulated === simulated).map(({ id }) => id);
    storage.studies.useLabelers(study.id, [...new Set([...kept, ...added])], now());
  });
  desk.uploads.discard(upload);
  desk.tell();
  desk.changes.tell('studies');
  const labels = rows.filter(({ label }) => label !== null).length;
  return { labelers: new Set(rows.map(({ pseudonym }) => pseudonym)).size, labels, passedOver };
}

async function readRows(
  file: { path: string; name: string },
  set: StimulusSetRecord,
  columns: ColumnMapping,
  classes: ClassMapping,
): Promise<{ rows: Row[]; passedOver: number }> {
  const ids = new Set(set.images.map(({ id }) => id));
  const rows = new Map<string, Row>();
  let passedOver = 0;
  await readTable(file, (names) => {
    const at = columnFinder(names, file.name);
    const [image, labeler, label] = [at(columns.image), at(columns.labeler), at(columns.label)];
    const kind = columns.kind === null ? null : at(columns.kind);
    return (cells, where) => {
      if (kind !== null && cells[kind]?.trim() !== 'real') {
        passedOver += 1;
        return;
      }
      const row = {
        imageId: imageOf(cells[image] ?? '', ids, where),
        pseudonym: nameOf(cells[labeler] ?? '', where),
        label: classOf(cells[label] ?? '', classes, set, where),
      };
      const key = `${row.imageId}\n${row.pseudonym}`;
      // A log has a row for each change, and the last one counts; any other table has one row a label.
      if (kind === null && rows.has(key)) throw twice(row, where());
      rows.set(key, row);
    };
  });
  if (rows.size === 0) throw refusals.table('There is no label in this table', file.name, 'Look at the columns again.');
  return { rows: [...rows.values()], passedOver };
}

function columnFinder(names: readonly string[], where: string): (column: string) => number {
  return (column) => {
    const index = names.indexOf(column);
    if (index >= 0) return index;
    throw refusals.table(`There is no column ${quoted(column)}`, where, 'Choose one of the columns of the table.');
  };
}

/** An id, or a file name whose last number is one. */
function imageOf(cell: string, ids: ReadonlySet<number>, where: () => string): number {
  const number = /(\d{1,9})(?:\.[A-Za-z]{2,5})?\s*$/.exec(cell)?.[1];
  const id = number === undefined ? -1 : Number(number);
  if (ids.has(id)) return id;
  const remedy = 'Give the id of an image of this study’s stimuli, or its file name.';
  throw refusals.table(`There is no image ${quoted(cell)} in the study’s stimuli`, where(), remedy);
}

function nameOf(cell: string, where: () => string): string {
  const name = cell.trim();
  if (name !== '' && name.length <= 200 && !/\p{Cc}/u.test(name)) return name;
  throw refusals.table(`The labeler is ${quoted(cell)}`, where(), 'Give every row a name of at most 200 characters.');
}

function classOf(cell: string, classes: ClassMapping, set: StimulusSetRecord, where: () => string): number | null {
  const mapped = Object.hasOwn(classes, cell) ? classes[cell] : cell.trim() === '' ? null : undefined;
  if (mapped === null || (mapped !== undefined && mapped < set.classes.length)) return mapped;
  const remedy = 'Say which class this spelling means, or that it means left blank.';
  throw refusals.table(`${quoted(cell)} is put to no class`, where(), remedy);
}

const twice = ({ imageId, pseudonym }: Row, where: string) =>
  refusals.table(
    `Image ${imageId} of labeler ${quoted(pseudonym)} is there twice`,
    where,
    'Keep one row for each image and labeler, or name the column that tells real trials from others.',
  );

const mixed = (study: string) =>
  refusals.table(
    'Simulated labelers cannot join the people of a study',
    `study ${study}`,
    'Import them into a study that people have not labelled.',
  );
