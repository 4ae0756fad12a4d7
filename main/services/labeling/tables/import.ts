import { readFileSync } from 'node:fs';
import type { TablePreview, ClassMapping, ColumnMapping, ImportedTable } from '../../../contract/labeling/tables.ts';
import { sha256 } from '../../../files/blobs.ts';
import type { LabelingService } from '../service.ts';
import { studyWithStimuli, refuseLocked } from '../../labels/find.ts';
import {
  guessClass,
  guessColumns,
  looksOwn,
  guessNumberReading,
  parseClass,
  parseImage,
  parseLabeler,
  placeCheck,
} from './columns.ts';
import { LeftOutCount, rowCheck, personCheck } from '../../labels/left-out.ts';
import { readTable, type TableFile, type TakeRow } from './readers.ts';
import { simulatedColumn } from '../../../files/tables/humans-csv.ts';
import { quote } from '../../../files/tables/csv-reader.ts';
import type { StimulusSetRecord } from '../../../storage/index.ts';
import { refusals } from '../../labels/refusals.ts';

/** Largest number of different labels counted, and of rows shown. */
const most = { labels: 1000, sample: 8 };

/** Columns to inspect; null: the guessed ones. */
type InspectedColumns = Record<'label' | 'labeler', string | null>;

const fileSource = (path: string): string => `csv:${sha256(readFileSync(path))}`;

/** Reads a table and guesses its columns and classes. @throws UserError `csv.*`, `labeling.*`, `upload.gone` */
export async function inspectTable(
  service: LabelingService,
  studyName: string,
  upload: string,
  wanted: InspectedColumns,
): Promise<TablePreview> {
  const found = studyWithStimuli(service.workbench, studyName);
  return service.uploads.use(upload, (file) => previewTable(service, found, file, wanted));
}

async function previewTable(
  service: LabelingService,
  { study, set }: ReturnType<typeof studyWithStimuli>,
  file: TableFile,
  wanted: InspectedColumns,
): Promise<TablePreview> {
  const checkPerson = personCheck(service.workbench, study.id, fileSource(file.path));
  const [sample, spellings, leftOut] = [[] as string[][], new Map<string, number>(), new LeftOutCount()];
  let columns: readonly string[] = [];
  let rows = 0;
  const { format, hasClassNames } = await readTable(file, set.hash, (names) => {
    columns = names;
    const guess = guessColumns(names);
    const [label, labeler] = [wanted.label ?? guess.label, wanted.labeler ?? guess.labeler].map((name) =>
      names.indexOf(name ?? ''),
    );
    const own = rowCheck(names);
    return (cells) => {
      rows += 1;
      if (sample.length < most.sample) sample.push(cells.map((cell) => cell.slice(0, 200)));
      const [word, name] = [own(cells), cells[labeler ?? -1] ?? ''];
      const why = word ?? checkPerson(name.trim());
      if (why !== null && why !== 'older') leftOut.add(why, name);
      const text = cells[label ?? -1]?.slice(0, 200);
      if (why !== null || text === undefined || (spellings.size >= most.labels && !spellings.has(text))) return;
      spellings.set(text, (spellings.get(text) ?? 0) + 1);
    };
  });
  const guess = guessColumns(columns);
  const own = looksOwn(wanted.label ?? guess.label, columns);
  const reading = hasClassNames ? 'names' : guessNumberReading([...spellings.keys()], set.classes, own);
  return {
    guess,
    ...{ name: file.name, format, columns: [...columns], sample, rows, leftOut: leftOut.counts },
    labels: [...spellings].map(([text, count]) => ({ text, count, guess: guessClass(text, set.classes, reading) })),
  };
}

interface TableImport {
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

interface Reading extends Omit<TableImport, 'study' | 'upload'> {
  set: StimulusSetRecord;
  checkPerson: ReturnType<typeof personCheck>;
}

/**
 * Stores a table's labels, all or none, and adds its labelers to the study. Importing the same file again changes nothing.
 * People and simulated labelers never mix: people replace a rehearsal. People whom the table or the study excludes are
 * left out, and their number is returned.
 * @throws UserError `csv.*`, `labeling.*`, `upload.gone`
 */
export async function importTable(
  service: LabelingService,
  { study: studyName, upload, ...how }: TableImport,
): Promise<ImportedTable> {
  const { workbench } = service;
  const { simulated } = how;
  const { study, set } = open(service, studyName, simulated);
  const read = await service.uploads.use(upload, async (file) => {
    const source = fileSource(file.path);
    const checkPerson = personCheck(workbench, study.id, source);
    return { source, file, ...(await readRows(file, { ...how, set, checkPerson })) };
  });
  const rows = workbench.storage.transaction(() => store(service, studyName, set.hash, simulated, read));
  service.uploads.discard(upload);
  service.notifyLabels();
  const labels = rows.filter(({ label }) => label !== null).length;
  const labelers = new Set(rows.map(({ pseudonym }) => pseudonym)).size;
  return { labelers, labels, passedOver: read.passedOver, leftOut: read.leftOut.counts };
}

function open({ workbench }: LabelingService, studyName: string, simulated: boolean) {
  const { study, set } = studyWithStimuli(workbench, studyName);
  refuseLocked(workbench, study.id);
  const known = workbench.storage.labelers.ofStudy(study.id);
  if (simulated && known.some((labeler) => !labeler.simulated)) throw refusals.mixed(studyName);
  return { study, set, known };
}

interface ReadTable {
  source: string;
  file: TableFile;
  rows: readonly Row[];
  leftOut: LeftOutCount;
}

/** Checks everything again: while a long file was read, labels may have been locked or somebody may have withdrawn. */
function store(
  service: LabelingService,
  studyName: string,
  setHash: string,
  simulated: boolean,
  read: ReadTable,
): Row[] {
  const { storage, now } = service.workbench;
  const { study, set, known } = open(service, studyName, simulated);
  if (set.hash !== setHash) throw nothing('The stimuli have changed in the meantime', read.file, 'Import it again.');
  const checkPerson = personCheck(service.workbench, study.id, read.source);
  const rows = read.rows.filter(({ pseudonym }) => {
    const why = checkPerson(pseudonym);
    if (why !== null) read.leftOut.add(why, pseudonym);
    return why === null;
  });
  if (rows.length === 0) throw nobody(read.file);
  const table = { setHash, source: read.source, simulated, studyId: study.id, rows };
  const added = storage.responses.importTable(table, now());
  const kept = known.filter((labeler) => labeler.simulated === simulated).map(({ id }) => id);
  storage.studies.useLabelers(study.id, [...new Set([...kept, ...added])], now());
  return rows;
}

async function readRows(file: TableFile, reading: Reading) {
  const rows = new Map<string, Row>();
  const leftOut = new LeftOutCount();
  let passedOver = 0;
  await readTable(file, reading.set.hash, (names) => {
    const read = rowReader(names, file, reading, leftOut);
    return (cells, where) => {
      const row = read(cells, where);
      if (row === null) {
        passedOver += 1;
        return;
      }
      const key = `${row.imageId}\n${row.pseudonym}`;
      // In a log the last row of an image counts; other tables have one row per label.
      if (reading.columns.kind === null && rows.has(key)) throw twice(row, where());
      rows.set(key, row);
    };
  });
  if (rows.size > 0) return { rows: [...rows.values()], passedOver, leftOut };
  if (leftOut.total === 0) throw nothing('This table contains no labels', file, 'Check the columns.');
  throw nobody(file);
}

const nobody = (file: TableFile) =>
  nothing(
    'Nobody in this table can be imported',
    file,
    'They withdrew, are in this study already, had not finished, or were excluded in the table.',
  );

const nothing = (what: string, { name }: TableFile, remedy: string) => refusals.table(what, name, remedy);

/** Returns a function that reads the label of a row; null: the row is not a label, or does not count. */
function rowReader(
  names: readonly string[],
  { name: file }: TableFile,
  { columns, classes, simulated, set, checkPerson }: Reading,
  leftOut: LeftOutCount,
): (...row: Parameters<TakeRow>) => Row | null {
  const ids = new Set(set.images.map(({ id }) => id));
  const at = columnFinder(names, file);
  const [image, labeler, label] = [at(columns.image), at(columns.labeler), at(columns.label)];
  const kind = columns.kind === null ? null : at(columns.kind);
  const rehearsal = names.findIndex((name) => name.toLowerCase() === simulatedColumn);
  const [own, check] = [rowCheck(names), placeCheck(names, set)];
  return (cells, where) => {
    const person = cells[labeler] ?? '';
    const why = own(cells) ?? checkPerson(person.trim());
    if (why !== null && why !== 'older') leftOut.add(why, person);
    if (why !== null || (kind !== null && cells[kind]?.trim() !== 'real')) return null;
    if (!simulated && /^(yes|true|1)$/i.test(cells[rehearsal]?.trim() ?? '')) throw isRehearsal(where());
    const imageId = parseImage(cells[image] ?? '', ids, where);
    check(cells, imageId, where);
    const pseudonym = parseLabeler(person, where);
    return { imageId, pseudonym, label: parseClass(cells[label] ?? '', classes, set, where) };
  };
}

function columnFinder(names: readonly string[], where: string): (column: string) => number {
  return (column) => {
    const index = names.indexOf(column);
    if (index >= 0) return index;
    throw refusals.table(`The table has no column ${quote(column)}`, where, 'Choose one of the columns of the table.');
  };
}

const twice = ({ imageId, pseudonym }: Row, where: string) =>
  refusals.table(
    `Image ${imageId} of labeler ${quote(pseudonym)} occurs twice`,
    where,
    'Keep one row per image and labeler, or choose the column with the kind of trial.',
  );

const isRehearsal = (where: string) =>
  refusals.table(
    'The table says that this labeler is simulated',
    where,
    'Tick that these labels are simulated, or remove this row.',
  );
