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
 * Whether a column holds indexes of classes, as the workbench writes them: `label` beside pair and alpha, in humans.csv and
 * in the table of events. There "1" is never a name.
 */
export function holdsIndexes(column: string | undefined, columns: readonly string[]): boolean {
  return column === 'label' && ['pair_i', 'pair_j', 'alpha'].every((name) => columns.includes(name));
}

/**
 * The class that a spelling seems to mean; null: none, or it could be several. With `asIndex` a number is an index.
 * Otherwise it is a name: as it is written, else in any case if only one class is called so. Where no name is a number, a
 * number is an index there too; else a table of indexes would be taken half as names and half as indexes.
 */
export function guessClass(text: string, classes: readonly string[], asIndex: boolean): number | null {
  const wanted = text.trim();
  const isNumber = number.test(wanted);
  const index = isNumber && Number(wanted) < classes.length ? Number(wanted) : null;
  if (asIndex && isNumber) return index;
  const named = classes.indexOf(wanted);
  if (named >= 0) return named;
  const alike = classes.flatMap((name, at) => (name.trim().toLowerCase() === wanted.toLowerCase() ? [at] : []));
  if (alike.length > 0) return alike.length === 1 ? (alike[0] ?? null) : null;
  return classes.some((name) => number.test(name.trim())) ? null : index;
}

/** As some programs write whole numbers where a column has blanks. */
const number = /^\d{1,3}(\.0+)?$/;
