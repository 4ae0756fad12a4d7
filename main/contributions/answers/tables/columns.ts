import { placeColumns, sameAlpha } from '../../../domain/stimuli/index.ts';
import { quote } from '../../../files/tables/index.ts';
import { humansColumns } from './humans-csv.ts';
import type { StimulusSetRecord } from '../../../storage/index.ts';
import { unknownAnnotator } from './table-file.ts';
import { refusals } from '../../../services/labels/index.ts';

/** What a column may have. `trials`: `real` in rows of real trials. */
type Meaning = 'image' | 'labeler' | 'label' | 'trials';

/** Usual column names, the most likely first. */
const usualNames: Record<Meaning, readonly string[]> = {
  image: [
    'image',
    'image_id',
    'imagename',
    'image_name',
    'img',
    'picture',
    'stimulus_id',
    'image_file',
    'file_name',
    'stimulus',
    'filename',
    'file',
    'item',
    'stim_id',
    'instance_id',
  ],
  labeler: [
    unknownAnnotator,
    ...['subject_id', 'worker_id', 'workerid', 'annotator_id', 'rater_id', 'user_id', 'labeler_id'],
    ...['labeler', 'subj', 'subject', 'participant', 'participant_id', 'annotator', 'rater', 'worker', 'user'],
  ],
  label: ['label', 'object_response', 'response', 'answer', 'choice', 'class', 'annotation'],
  trials: ['trial_kind'],
};

export function guessColumns(columns: readonly string[]): Partial<Record<Meaning, string>> {
  const lower = columns.map((name) => name.toLowerCase());
  const found = Object.entries(usualNames).flatMap(([meaning, names]) => {
    const name = names.find((candidate) => lower.includes(candidate));
    return name === undefined ? [] : [[meaning, columns[lower.indexOf(name)]]];
  });
  return Object.fromEntries(found) as Partial<Record<Meaning, string>>;
}

/**
 * Whether a column contains class indexes as the workbench writes them: `label` in a humans.csv, and beside pair and alpha
 * as in the table of events.
 */
export function looksOwn(column: string | null | undefined, columns: readonly string[]): boolean {
  const all = (names: readonly string[]): boolean => names.every((name) => columns.includes(name));
  return column === 'label' && (all(placeColumns) || all(humansColumns));
}

/** Whether numbers in a column are class names or class indexes. */
type NumberReading = 'names' | 'indexes' | 'unclear';

/**
 * Guesses whether all numbers of a column are class names or class indexes. A number that can only be a name or only an
 * index decides for all; if every number could be both, the layout decides.
 * @param own whether the workbench wrote the column, with indexes
 */
export function guessNumberReading(
  spellings: readonly string[],
  classes: readonly string[],
  own: boolean,
): NumberReading {
  if (!classes.some((name) => number.test(name.trim()))) return 'indexes';
  const could = spellings.map((text) => ({
    named: classesNamed(text, classes).length > 0,
    index: indexIn(text, classes),
  }));
  const names = could.some(({ named, index }) => named && index === null);
  const indexes = could.some(({ named, index }) => !named && index !== null);
  if (names && indexes) return 'unclear';
  if (names || indexes) return names ? 'names' : 'indexes';
  return own ? 'indexes' : 'names';
}

/** The class that a label probably means; null: none, or several. */
export function guessClass(text: string, classes: readonly string[], reading: NumberReading): number | null {
  const isNumber = number.test(text.trim());
  if (isNumber && reading !== 'names') return reading === 'indexes' ? indexIn(text, classes) : null;
  const [only = null, ...others] = classesNamed(text, classes);
  return others.length === 0 ? only : null;
}

/**
 * The class of each spelling, as far as it can be guessed.
 * @param label its column; null: several @param hasClassNames whether a number is never an index
 */
export function guessSpellings(
  spellings: ReadonlyMap<string, number>,
  label: string | null,
  about: { columns: readonly string[]; classes: readonly string[]; hasClassNames: boolean },
): { text: string; count: number; guess: number | null }[] {
  const { columns, classes, hasClassNames } = about;
  const isOwn = looksOwn(label, columns);
  const reading = hasClassNames ? 'names' : guessNumberReading([...spellings.keys()], classes, isOwn);
  return [...spellings].map(([text, count]) => ({ text, count, guess: guessClass(text, classes, reading) }));
}

function indexIn(text: string, classes: readonly string[]): number | null {
  const wanted = text.trim();
  return number.test(wanted) && Number(wanted) < classes.length ? Number(wanted) : null;
}

/** Classes with that name: exactly, else ignoring case or with the same number. */
function classesNamed(text: string, classes: readonly string[]): number[] {
  const wanted = text.trim();
  const exact = classes.indexOf(wanted);
  return exact >= 0 ? [exact] : classes.flatMap((name, at) => (plain(name) === plain(wanted) ? [at] : []));
}

function plain(name: string): string {
  const bare = name.trim();
  return number.test(bare) ? String(Number(bare)) : bare.toLowerCase();
}

/** Some programs write whole numbers as `3.0` if the column has blanks. */
const number = /^\d{1,3}(\.0+)?$/;

/** Position of a row, for error messages. */
type Where = () => string;

const idPattern = /^(\d{1,9})(?:[.,]0+)?$/;
const numberLike = /^[-+\d.,eE\s]+$/;

/**
 * The image that a cell names. @param find see `imageFinder`
 * @throws UserError `labeling.table` if the set has no such image
 */
export function parseImage(cell: string, find: (cell: string) => number | undefined, where: Where): number {
  const found = find(cell);
  if (found !== undefined) return found;
  const what =
    idIn(cell.trim()) === null
      ? `${quote(cell)} does not name an image`
      : `The study’s stimuli have no image ${quote(cell)}`;
  const remedy = 'Use the id of an image of this study, or a file name in which the id is the only number.';
  throw refusals.table(what, where(), remedy);
}

/** The id that a cell states, or the only number of a file name; null: none. */
export function idIn(cell: string): number | null {
  const id = idPattern.exec(cell)?.[1];
  if (id !== undefined) return Number(id);
  if (numberLike.test(cell)) return null;
  const name = cell.replace(/^.*[\\/]/, '').replace(/\.[A-Za-z][A-Za-z0-9]{0,4}$/, '');
  const [number, ...others] = name.match(/\d+/g) ?? [];
  return number === undefined || others.length > 0 || number.length > 9 ? null : Number(number);
}

/** @throws UserError `labeling.table` */
export function parseLabeler(cell: string, where: Where): string {
  const name = cell.trim();
  if (name !== '' && name.length <= 200 && !/\p{Cc}/u.test(name)) return name;
  throw refusals.table(`The labeler is ${quote(cell)}`, where(), 'Use a name of at most 200 characters in every row.');
}

/**
 * Returns a check that compares pair and alpha of a row, if the table has them, with the row's image: a table made for
 * other stimuli would give every label to the wrong image.
 */
export function placeCheck(
  columns: readonly string[],
  { images }: StimulusSetRecord,
): (cells: readonly string[], id: number, where: Where) => void {
  const stored = new Map(images.map((image) => [image.id, image]));
  const comparable = [
    { column: 'pair_i', of: 'pairI', isSame: Object.is },
    { column: 'pair_j', of: 'pairJ', isSame: Object.is },
    { column: 'alpha', of: 'alpha', isSame: sameAlpha },
  ] as const;
  const checks = comparable.flatMap(({ column, ...check }) => {
    const at = columns.indexOf(column);
    return at < 0 ? [] : [{ column, at, ...check }];
  });
  return (cells, id, where) => {
    const image = stored.get(id);
    for (const { column, at, of, isSame } of checks) {
      const cell = cells[at]?.trim() ?? '';
      const value = cell === '' ? Number.NaN : Number(cell.replace(',', '.'));
      const own = image?.[of] ?? null;
      if (image && (own === null ? cell === '' : isSame(own, value))) continue;
      throw refusals.table(
        `Image ${id} has ${column} ${quote(cell)} in this table, but ${own ?? 'none'} in the study’s stimuli`,
        where(),
        `Import labels of this study’s stimuli. If the column ${column} means something else, rename it.`,
      );
    }
  };
}
