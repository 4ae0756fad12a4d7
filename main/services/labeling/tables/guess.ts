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

/** The class that a spelling seems to mean: its name in any case, else its index; null: none. */
export function guessClass(text: string, classes: readonly string[]): number | null {
  const wanted = text.trim().toLowerCase();
  const named = classes.findIndex((name) => name.toLowerCase() === wanted);
  if (named >= 0) return named;
  const index = /^\d{1,3}(\.0+)?$/.test(wanted) ? Number(wanted) : -1;
  return index >= 0 && index < classes.length ? index : null;
}
