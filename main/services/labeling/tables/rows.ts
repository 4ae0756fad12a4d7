import type { ClassMapping, ColumnMapping, TablePreview } from '../../../contract/labeling/tables.ts';
import { hasPeopleAndModels, modelsAmong } from '../../../domain/model-vs-human.ts';
import { quote } from '../../../files/tables/table-cells.ts';
import { simulatedColumn } from '../../../files/tables/humans-csv.ts';
import type { StimulusSetRecord } from '../../../storage/index.ts';
import { LeftOutCount, type personCheck, rowCheck } from '../../labels/left-out.ts';
import { refusals } from '../../labels/refusals.ts';
import type { LabelRow } from '../reading-calls.ts';
import {
  guessClass,
  guessColumns,
  guessNumberReading,
  looksOwn,
  parseClass,
  parseImage,
  parseLabeler,
  placeCheck,
} from './columns.ts';
import { imageFinder } from './image-finder.ts';
import { readTable } from './readers.ts';
import { type InspectedColumns, nobody, nothing, type TableFile, type TakeRow } from './table-file.ts';

/** Largest number of different labels counted, and of rows shown. */
const most = { labels: 1000, sample: 8 };

interface Reading {
  columns: ColumnMapping;
  classes: ClassMapping;
  simulated: boolean;
  set: StimulusSetRecord;
  checkPerson: ReturnType<typeof personCheck>;
}

/** Reads a table and guesses its columns and classes. @throws UserError `csv.*`, `labeling.*` */
export async function previewTable(
  file: TableFile,
  { set, checkPerson, wanted }: Pick<Reading, 'set' | 'checkPerson'> & { wanted: InspectedColumns },
): Promise<TablePreview> {
  const [sample, spellings, leftOut] = [[] as string[][], new Map<string, number>(), new LeftOutCount()];
  const people = new Set<string>();
  let columns: readonly string[] = [];
  let rows = 0;
  const { format, hasClassNames } = await readTable(file, set.hash, (names) => {
    columns = names;
    const guess = guessColumns(names);
    const place = (name: string | undefined): number => names.indexOf(name ?? '');
    const [label, labeler] = [place(wanted.label ?? guess.label), place(wanted.labeler ?? guess.labeler)];
    const own = rowCheck(names);
    return (cells) => {
      rows += 1;
      if (sample.length < most.sample) sample.push(cells.map((cell) => cell.slice(0, 200)));
      const [word, name] = [own(cells), cells[labeler] ?? ''];
      if (people.size < most.labels) people.add(name.trim().slice(0, 200));
      const why = word ?? checkPerson(name.trim());
      if (why !== null && why !== 'older') leftOut.add(why, name);
      const text = cells[label]?.slice(0, 200);
      if (why !== null || text === undefined || (spellings.size >= most.labels && !spellings.has(text))) return;
      spellings.set(text, (spellings.get(text) ?? 0) + 1);
    };
  });
  const guess = guessColumns(columns);
  const aside = hasPeopleAndModels(wanted.labeler ?? guess.labeler) ? modelsAmong([...people]) : [];
  const own = looksOwn(wanted.label ?? guess.label, columns);
  const reading = hasClassNames ? 'names' : guessNumberReading([...spellings.keys()], set.classes, own);
  return {
    guess: { ...guess, ...(aside.length > 0 && { aside }) },
    name: file.name,
    format,
    columns: [...columns],
    sample,
    rows,
    leftOut: leftOut.counts,
    labels: [...spellings].map(([text, count]) => ({ text, count, guess: guessClass(text, set.classes, reading) })),
  };
}

/** Reads and checks all rows of a table. @throws UserError `csv.*`, `labeling.table` */
export async function readRows(file: TableFile, reading: Reading) {
  const rows = new Map<string, LabelRow>();
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

/** Returns a function that reads the label of a row; null: the row is not a label, or does not count. */
function rowReader(
  names: readonly string[],
  { name: file }: TableFile,
  { columns, classes, simulated, set, checkPerson }: Reading,
  leftOut: LeftOutCount,
): (...row: Parameters<TakeRow>) => LabelRow | null {
  const find = imageFinder(set);
  const at = columnFinder(names, file);
  const [image, labeler, label] = [at(columns.image), at(columns.labeler), at(columns.label)];
  const kind = columns.kind === null ? null : at(columns.kind);
  const rehearsal = names.findIndex((name) => name.toLowerCase() === simulatedColumn);
  const [own, check] = [rowCheck(names), placeCheck(names, set)];
  const aside = new Set(columns.aside);
  return (cells, where) => {
    const person = cells[labeler] ?? '';
    if (aside.has(person.trim())) return null;
    const why = own(cells) ?? checkPerson(person.trim());
    if (why !== null && why !== 'older') leftOut.add(why, person);
    if (why !== null || (kind !== null && cells[kind]?.trim() !== 'real')) return null;
    if (!simulated && /^(yes|true|1)$/i.test(cells[rehearsal]?.trim() ?? '')) throw isRehearsal(where());
    const imageId = parseImage(cells[image] ?? '', find, where);
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

const twice = ({ imageId, pseudonym }: LabelRow, where: string) =>
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
