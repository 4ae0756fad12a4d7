import type { ColumnMapping, ClassMapping } from '../../../contract/labeling/tables.ts';
import { sameAlpha } from '../../../domain/stimulus-set.ts';
import { quote } from '../../../files/tables/csv-reader.ts';
import type { StimulusSetRecord } from '../../../storage/index.ts';
import { refusals } from '../../labels/refusals.ts';

/** Names that columns of such tables have, the likeliest first. */
const usual: Record<keyof ColumnMapping, readonly string[]> = {
  image: [
    'image',
    'image_id',
    'imagename',
    'image_name',
    'stimulus',
    'filename',
    'file',
    'item',
    'stim_id',
    'instance_id',
  ],
  labeler: ['labeler', 'subj', 'subject', 'participant', 'participant_id', 'annotator', 'rater', 'worker', 'user'],
  label: ['label', 'object_response', 'response', 'answer', 'choice', 'class', 'annotation'],
  kind: ['trial_kind'],
};

/** What columns seem to be, by their names. */
export function guessColumns(columns: readonly string[]): Partial<ColumnMapping> {
  const lower = columns.map((name) => name.toLowerCase());
  const found = Object.entries(usual).flatMap(([meaning, names]) => {
    const name = names.find((candidate) => lower.includes(candidate));
    return name === undefined ? [] : [[meaning, columns[lower.indexOf(name)]]];
  });
  return Object.fromEntries(found) as Partial<ColumnMapping>;
}

/**
 * Whether a column is laid out as the workbench writes indexes of classes: `label` beside pair and alpha, in humans.csv
 * and in the table of events.
 */
export function looksOwn(column: string | undefined, columns: readonly string[]): boolean {
  return column === 'label' && ['pair_i', 'pair_j', 'alpha'].every((name) => columns.includes(name));
}

/** What numbers of a column are: names of classes, their indexes, or either, so that none can be told. */
export type NumberReading = 'names' | 'indexes' | 'unclear';

/**
 * What numbers of a column seem to be, all of them alike: one that is a name and cannot be an index says that they are
 * names, one that can only be an index that they are indexes. Where all of them could be both, the layout decides.
 * @param own whether the column is laid out as the workbench writes indexes
 */
export function readingOf(spellings: readonly string[], classes: readonly string[], own: boolean): NumberReading {
  if (!classes.some((name) => number.test(name.trim()))) return 'indexes';
  const could = spellings.map((text) => ({ named: called(text, classes).length > 0, index: indexIn(text, classes) }));
  const names = could.some(({ named, index }) => named && index === null);
  const indexes = could.some(({ named, index }) => !named && index !== null);
  if (names && indexes) return 'unclear';
  if (names || indexes) return names ? 'names' : 'indexes';
  return own ? 'indexes' : 'names';
}

/** The class that a spelling seems to mean; null: none, or it could be several. */
export function guessClass(text: string, classes: readonly string[], reading: NumberReading): number | null {
  const isNumber = number.test(text.trim());
  if (isNumber && reading !== 'names') return reading === 'indexes' ? indexIn(text, classes) : null;
  const [only = null, ...others] = called(text, classes);
  return others.length === 0 ? only : null;
}

function indexIn(text: string, classes: readonly string[]): number | null {
  const wanted = text.trim();
  return number.test(wanted) && Number(wanted) < classes.length ? Number(wanted) : null;
}

/** Classes of that name: as it is written, else in any case, or with the same number. */
function called(text: string, classes: readonly string[]): number[] {
  const wanted = text.trim();
  const exact = classes.indexOf(wanted);
  return exact >= 0 ? [exact] : classes.flatMap((name, at) => (plain(name) === plain(wanted) ? [at] : []));
}

function plain(name: string): string {
  const bare = name.trim();
  return number.test(bare) ? String(Number(bare)) : bare.toLowerCase();
}

/** As some programs write whole numbers where a column has blanks. */
const number = /^\d{1,3}(\.0+)?$/;

/** Where a row is, for messages. */
type Where = () => string;

/** As some programs write whole numbers where a column has blanks. */
const idPattern = /^(\d{1,9})(?:[.,]0+)?$/;
const numberLike = /^[-+\d.,eE\s]+$/;

/**
 * The image that a cell names: its id, or a file name with exactly one whole number in it.
 * @throws UserError `labeling.table` where it is none of the set's, or could be several
 */
export function imageOf(cell: string, ids: ReadonlySet<number>, where: Where): number {
  const id = idIn(cell.trim());
  if (id !== null && ids.has(id)) return id;
  const what =
    id === null
      ? `${quote(cell)} does not say which image it means`
      : `There is no image ${quote(cell)} in the study’s stimuli`;
  const remedy = 'Give the id of an image of this study’s stimuli, or a file name with the id as its only number.';
  throw refusals.table(what, where(), remedy);
}

function idIn(cell: string): number | null {
  const id = idPattern.exec(cell)?.[1];
  if (id !== undefined) return Number(id);
  if (numberLike.test(cell)) return null;
  const name = cell.replace(/^.*[\\/]/, '').replace(/\.[A-Za-z][A-Za-z0-9]{0,4}$/, '');
  const [number, ...others] = name.match(/\d+/g) ?? [];
  return number === undefined || others.length > 0 || number.length > 9 ? null : Number(number);
}

/** @throws UserError `labeling.table` */
export function nameOf(cell: string, where: Where): string {
  const name = cell.trim();
  if (name !== '' && name.length <= 200 && !/\p{Cc}/u.test(name)) return name;
  throw refusals.table(`The labeler is ${quote(cell)}`, where(), 'Give every row a name of at most 200 characters.');
}

/** A class index, or null for left blank. @throws UserError `labeling.table` */
export function classOf(cell: string, classes: ClassMapping, { classes: names }: StimulusSetRecord, where: Where) {
  const mapped = Object.hasOwn(classes, cell) ? classes[cell] : cell.trim() === '' ? null : undefined;
  if (mapped === null || (mapped !== undefined && mapped < names.length)) return mapped;
  const remedy = 'Say which class this spelling means, or that it means left blank.';
  throw refusals.table(`${quote(cell)} is put to no class`, where(), remedy);
}

/**
 * Compares pair and alpha of a row, where its table tells them, with the image that the row is put to: a table made for
 * other stimuli would give every label to the wrong image.
 */
export function placeCheck(
  columns: readonly string[],
  { images }: StimulusSetRecord,
): (cells: readonly string[], id: number, where: Where) => void {
  const stored = new Map(images.map((image) => [image.id, image]));
  const told = [
    { column: 'pair_i', of: 'pairI', isSame: Object.is },
    { column: 'pair_j', of: 'pairJ', isSame: Object.is },
    { column: 'alpha', of: 'alpha', isSame: sameAlpha },
  ] as const;
  const checks = told.flatMap(({ column, ...check }) => {
    const at = columns.indexOf(column);
    return at < 0 ? [] : [{ column, at, ...check }];
  });
  return (cells, id, where) => {
    const image = stored.get(id);
    for (const { column, at, of, isSame } of checks) {
      const cell = cells[at]?.trim() ?? '';
      const value = cell === '' ? Number.NaN : Number(cell.replace(',', '.'));
      if (image && isSame(image[of], value)) continue;
      throw refusals.table(
        `Image ${id} has ${column} ${quote(cell)} in this table, and ${image?.[of]} in the study’s stimuli`,
        where(),
        `Import labels of this study’s own stimuli. If the column ${column} means something else, give it another name.`,
      );
    }
  };
}
