import type { ColumnMapping } from '../../../contract/labeling/tables.ts';

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
