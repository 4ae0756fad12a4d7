import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { EffectRun, Experiment } from '../../contrasts/analysis/effect-cells.ts';
import type { ImageInput } from '../../../analysis/outcomes/index.ts';
import { type LabelMatrix, missing } from '../../../analysis/labels/index.ts';
import { at } from '../../../domain/numbers/index.ts';
import { namePlaces, placeColumns } from '../../../domain/stimuli/index.ts';
import { messageOf, UserError } from '../../../contract/wire/index.ts';
import { onFile } from '../../../files/index.ts';
import { readCsv } from '../../../files/tables/reading/index.ts';
import { CellReader, type CsvHeader, quote, requireColumns, tableError } from '../../../files/tables/index.ts';
import { maxClasses } from '../../answers/tables/humans-csv.ts';
import { LabelColumns, noRow } from './label-columns.ts';
import { readSoftmax } from './predictions-csv-reader.ts';

/** A folder of tables about runs on the images of one stimulus set (metrics.md 19): who answered what. */
export interface ExperimentTables extends Omit<Experiment, 'within'> {
  /** Labelers with a label, by name. */
  readonly labelers: readonly string[];
  /** Softmax of each run that has it on every image: `[image][k]`, by the run's place. */
  readonly softmax: ReadonlyMap<number, Float64Array>;
}

const images = 'images.csv';
const runs = 'runs.csv';

/**
 * Reads images.csv, runs.csv and labels.csv, and people.csv, values.csv and softmax.csv where they are.
 * @throws UserError `csv.*`, `experiment.*` or `file.*`, naming file, row and remedy
 */
export async function readExperiment(folder: string): Promise<ExperimentTables> {
  const read = await readImages(join(folder, images));
  const list = await readRuns(join(folder, runs));
  const softmax = await readSoftmaxTable(join(folder, 'softmax.csv'), read, list);
  const answers = await readLabels(join(folder, 'labels.csv'), 'run', read, new Set(list.map(({ name }) => name)));
  const peoplePath = join(folder, 'people.csv');
  const people = existsSync(peoplePath) ? await readLabels(peoplePath, 'labeler', read, null) : noLabels;
  const classes = Math.max(read.highest, answers.highest, people.highest, (softmax?.classes ?? 0) - 1) + 1;
  const matrix = (columns: LabelColumns, raters: readonly number[]): LabelMatrix => ({
    raters: raters.length,
    images: read.images.length,
    classes,
    values: columns.matrix(raters, read.images.length),
  });
  const order = list.map(({ name }) => answers.raters.get(name) ?? -1);
  order.forEach((column, run) => checkComplete(join(folder, 'labels.csv'), at(list, run).name, answers, column, read));
  const labeled = [...people.raters]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([, column]) => hasLabel(people, column, read));
  return {
    images: read.images,
    runs: list,
    labels: matrix(answers.columns, order),
    values: await readValues(join(folder, 'values.csv'), read, list),
    people: matrix(
      people.columns,
      labeled.map(([, column]) => column),
    ),
    labelers: labeled.map(([name]) => name),
    softmax: softmax ? widened(softmax, classes, read.images.length) : new Map<number, Float64Array>(),
  };
}

export interface ImageTable {
  /** By id. */
  readonly images: readonly ImageInput[];
  readonly placeOf: ReadonlyMap<number, number>;
  readonly highest: number;
}

export async function readImages(path: string): Promise<ImageTable> {
  const found = new Map<number, ImageInput>();
  await readCsv(path, (header) => {
    const isPlaced = namePlaces(header.names);
    const [image, pairI, pairJ, alpha] = requireColumns(header, ['image', ...(isPlaced ? placeColumns : [])]);
    const [anchorI, anchorJ] = [header.names.indexOf('anchor_i'), header.names.indexOf('anchor_j')];
    const read = new CellReader(header);
    const anchor = (cells: readonly string[], place: number, line: number, column: string): string | null =>
      place < 0 || at(cells, place).trim() === '' ? null : read.name(at(cells, place), line, column);
    return (cells, line) => {
      const id = read.integer(at(cells, image!), line, 'image', 0, Number.MAX_SAFE_INTEGER);
      if (found.has(id))
        throw tableError(
          path,
          line,
          'experiment.image-twice',
          `Image ${id} has a second row`,
          'Give each image one row.',
        );
      if (!isPlaced) {
        found.set(id, { id, pairI: null, pairJ: null, alpha: null, independent: true });
        return;
      }
      const row: ImageInput = {
        id,
        pairI: read.integer(at(cells, pairI!), line, 'pair_i', 0, maxClasses - 1),
        pairJ: read.integer(at(cells, pairJ!), line, 'pair_j', 0, maxClasses - 1),
        alpha: read.decimal(at(cells, alpha!), line, 'alpha', 0, 1),
        anchorI: anchor(cells, anchorI, line, 'anchor_i'),
        anchorJ: anchor(cells, anchorJ, line, 'anchor_j'),
      };
      if ((row.pairI ?? 0) >= (row.pairJ ?? 0)) {
        const what = `pair_i is ${row.pairI} and pair_j is ${row.pairJ}`;
        throw tableError(path, line, 'experiment.pair-order', what, 'Write the lower class as pair_i.');
      }
      found.set(id, row);
    };
  });
  const list = [...found.values()].sort((a, b) => a.id - b.id);
  if (list.length === 0) throw noRows(path, 'images');
  return {
    images: list,
    placeOf: new Map(list.map(({ id }, place) => [id, place])),
    highest: list.reduce((most, { pairJ }) => Math.max(most, pairJ ?? 0), 0),
  };
}

const noRows = (path: string, of: string): UserError =>
  new UserError('csv.no-rows', 'There is a header but no row', path, `Choose a file with ${of} in it.`);

/** Runs in the order of their rows. A blank block: the run is a block of its own. */
async function readRuns(path: string): Promise<EffectRun[]> {
  const found = new Map<string, EffectRun>();
  const cells = new Set<string>();
  await readCsv(path, (header) => {
    const [run, block] = requireColumns(header, ['run', 'block']);
    const read = new CellReader(header);
    if (header.names.includes(reservedName)) {
      const what = `A factor cannot be called ${reservedName}`;
      throw tableError(path, 1, 'experiment.factor-name', what, 'Give the column another name.');
    }
    const factors = header.names.flatMap((name, place) => (place === run || place === block ? [] : [{ name, place }]));
    return (row, line) => {
      const name = read.name(at(row, run!), line, 'run');
      if (found.has(name))
        throw tableError(
          path,
          line,
          'experiment.run-twice',
          `Run ${quote(name)} has a second row`,
          'Give each run one row.',
        );
      const given = at(row, block!).trim();
      const own = given === '' ? name : read.name(given, line, 'block');
      const levels = Object.fromEntries(factors.map((factor) => [factor.name, at(row, factor.place)]));
      const cell = JSON.stringify([own, levels]);
      if (cells.has(cell)) {
        const what = `Block ${quote(own)} has a second run of the same levels`;
        throw tableError(
          path,
          line,
          'experiment.cell-twice',
          what,
          'Give a block at most one run for each combination of levels.',
        );
      }
      cells.add(cell);
      found.set(name, { name, block: own, levels });
    };
  });
  if (found.size === 0) throw noRows(path, 'runs');
  return [...found.values()];
}

/** What was read of such a table. */
export interface AnswerRows {
  readonly raters: ReadonlyMap<string, number>;
  readonly columns: LabelColumns;
  readonly highest: number;
}

const noLabels: AnswerRows = { raters: new Map(), columns: new LabelColumns(), highest: 0 };

/** A table of answers: columns of raters and of images, and a cell that says what a rater answered to an image. */
interface AnswerColumns {
  readonly rater: 'run' | 'labeler';
  readonly cell: string;
  /** The raters that count, others are left out; null: all. */
  readonly known: ReadonlySet<string> | null;
  /** What stands in a cell as a number of 16 bits, `missing` for nothing. @throws UserError for what it cannot read */
  parse(cell: string, line: number, read: CellReader): number;
}

export function readLabels(
  path: string,
  rater: 'run' | 'labeler',
  { placeOf }: ImageTable,
  known: ReadonlySet<string> | null,
): Promise<AnswerRows> {
  const parse = (cell: string, line: number, read: CellReader): number =>
    rater === 'labeler' && cell.trim() === '' ? missing : readLabel(cell, line, read);
  return readAnswers(path, placeOf, { rater, cell: 'label', known, parse });
}

export const readLabel = (cell: string, line: number, read: CellReader): number =>
  read.integer(cell, line, 'label', 0, maxClasses - 1);

export async function readAnswers(
  path: string,
  placeOf: ReadonlyMap<number, number>,
  { rater, cell, known, parse }: AnswerColumns,
): Promise<AnswerRows> {
  const raters = new Map<string, number>();
  const columns = new LabelColumns();
  let highest = 0;
  await readCsv(path, (header) => {
    const [who, image, what] = requireColumns(header, [rater, 'image', cell]);
    const read = new CellReader(header);
    return (cells, line) => {
      const name = read.name(at(cells, who!), line, rater);
      const place = placeIn(path, read, at(cells, image!), line, placeOf);
      const given = parse(at(cells, what!), line, read);
      if (known && !known.has(name)) return;
      let own = raters.get(name);
      if (own === undefined) {
        own = columns.raters;
        raters.set(name, own);
        columns.addRater();
      }
      if (LabelColumns.tooLarge(placeOf.size, columns.raters)) {
        const what = `${placeOf.size} images times ${columns.raters} are more than fit`;
        throw tableError(path, line, 'csv.too-large', what, 'Split the table.');
      }
      if (!columns.set(own, place, given)) {
        const what = `${quote(name)} has a second row for this image`;
        throw tableError(path, line, 'experiment.label-twice', what, `Give each ${rater} one row an image.`);
      }
      highest = Math.max(highest, given);
    };
  });
  return { raters, columns, highest };
}

/** Place of the image that a cell names. @throws UserError `experiment.unknown-image` */
export function placeIn(
  path: string,
  read: CellReader,
  cell: string,
  line: number,
  placeOf: ReadonlyMap<number, number>,
): number {
  const id = read.integer(cell, line, 'image', 0, Number.MAX_SAFE_INTEGER);
  const place = placeOf.get(id);
  if (place !== undefined) return place;
  throw tableError(
    path,
    line,
    'experiment.unknown-image',
    `There is no image ${id} in ${images}`,
    `Add it to ${images}, or remove the row.`,
  );
}

function checkComplete(
  path: string,
  name: string,
  { columns }: AnswerRows,
  column: number,
  { images: list }: ImageTable,
): void {
  const absent = list.find((_, place) => column < 0 || columns.at(column, place) === noRow);
  if (!absent) return;
  const what = `Run ${quote(name)} has no label of image ${absent.id}`;
  throw tableError(path, null, 'experiment.label-missing', what, 'Give every run a label of every image.');
}

export const hasLabel = ({ columns }: AnswerRows, column: number, { images: list }: ImageTable): boolean =>
  list.some((_, place) => columns.at(column, place) >= 0);

/** Calls `take` for each row of a table of runs and images; rows of other runs are left out. */
async function eachRunRow(
  path: string,
  columns: (header: CsvHeader) => readonly number[],
  { placeOf }: ImageTable,
  list: readonly EffectRun[],
  take: (row: {
    run: number;
    image: number;
    cells: readonly string[];
    line: number;
    read: CellReader;
    places: readonly number[];
  }) => void,
): Promise<void> {
  const places = new Map(list.map(({ name }, run) => [name, run]));
  await readCsv(path, (header) => {
    const [run, image] = requireColumns(header, ['run', 'image']);
    const others = columns(header);
    const read = new CellReader(header);
    return (cells, line) => {
      const place = placeIn(path, read, at(cells, image!), line, placeOf);
      const own = places.get(read.name(at(cells, run!), line, 'run'));
      if (own !== undefined) take({ run: own, image: place, cells, line, read, places: others });
    };
  });
}

/** The cube of the variance of larger values does not fit a number. */
const largestValue = 1e50;

/** `[run][image]`, NaN where a value is blank or absent; null without the file. */
async function readValues(path: string, table: ImageTable, list: readonly EffectRun[]): Promise<Float64Array | null> {
  if (!existsSync(path)) return null;
  const values = new Float64Array(list.length * table.images.length).fill(Number.NaN);
  const most = largestValue;
  const columns = (header: CsvHeader): number[] => requireColumns(header, ['value']);
  await eachRunRow(path, columns, table, list, ({ run, image, cells, line, read, places }) => {
    const cell = at(cells, at(places, 0));
    const value = cell.trim() === '' ? Number.NaN : read.decimal(cell, line, 'value', -most, most);
    values[run * table.images.length + image] = value;
  });
  return values;
}

async function readSoftmaxTable(
  path: string,
  table: ImageTable,
  list: readonly EffectRun[],
): Promise<{ classes: number; rows: Map<number, Float64Array> } | null> {
  if (!existsSync(path)) return null;
  const found = new Map<number, { rows: Float64Array; images: Set<number> }>();
  let classes = 0;
  const columns = (header: CsvHeader): number[] => {
    classes = header.names.filter((name) => /^p\d+$/.test(name)).length;
    return requireColumns(
      header,
      Array.from({ length: Math.max(2, classes) }, (_, k) => `p${k}`),
    );
  };
  await eachRunRow(path, columns, table, list, ({ run, image, cells, line, read, places }) => {
    const own = found.get(run) ?? { rows: new Float64Array(table.images.length * classes), images: new Set<number>() };
    readSoftmax(path, read, cells, line, places, own.rows.subarray(image * classes, (image + 1) * classes));
    own.images.add(image);
    found.set(run, own);
  });
  const complete = [...found].filter(([, own]) => own.images.size === table.images.length);
  return { classes, rows: new Map(complete.map(([run, own]) => [run, own.rows])) };
}

/** A class that only labels have, and no column of softmax.csv, has probability 0. */
function widened(
  { classes: columns, rows }: { classes: number; rows: ReadonlyMap<number, Float64Array> },
  classes: number,
  count: number,
): ReadonlyMap<number, Float64Array> {
  if (columns === classes) return rows;
  const wide = (narrow: Float64Array): Float64Array => {
    const row = new Float64Array(count * classes);
    for (let image = 0; image < count; image++)
      row.set(narrow.subarray(image * columns, (image + 1) * columns), image * classes);
    return row;
  };
  return new Map([...rows].map(([run, narrow]) => [run, wide(narrow)]));
}

/** Schemas leave this key out of an object without a word: a contrast would take in all levels of such a factor. */
const reservedName = '__proto__';

/** Larger descriptions are refused. */
const maxDescriptionBytes = 4 * 2 ** 20;

/**
 * A JSON file of such a folder; null where it is absent.
 * @throws UserError `experiment.json` with what is wrong in it
 */
export function readDescription<T>(folder: string, name: string, schema: z.ZodType<T>): T | null {
  const path = join(folder, name);
  if (!existsSync(path)) return null;
  const refuse = (what: string, remedy: string): UserError => new UserError('experiment.json', what, path, remedy);
  const text = onFile(path, () => {
    if (statSync(path).size > maxDescriptionBytes) throw refuse('The file is larger than 4 MiB', 'List less in it.');
    return readFileSync(path, 'utf8');
  });
  let content: unknown;
  let hasReserved = false;
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''), (key, value: unknown) => {
      hasReserved ||= key === reservedName;
      return value;
    });
  } catch (error) {
    throw refuse(`This is no JSON: ${messageOf(error)}`, 'Fix the file.');
  }
  if (hasReserved) throw refuse(`A factor cannot be called ${reservedName}`, 'Give the factor another name.');
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw refuse(
    `${first?.path.join('.') || 'The content'}: ${first?.message ?? 'not valid'}`,
    'Fix it as docs/data-formats.md says.',
  );
}
