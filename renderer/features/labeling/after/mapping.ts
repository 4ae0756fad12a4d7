import type { ClassMapping, ColumnMapping, LeftOut, TableLook } from '../../../../main/contract/labeling/tables.ts';
import { whole } from '../../../ui/format.ts';

/** Columns that are chosen so far; undefined: not yet. */
export type Columns = { [part in keyof ColumnMapping]?: string | null | undefined };

/** The mapping if it is whole, else what lacks, in a sentence. */
export function wholeMapping({ image, labeler, label, kind = null }: Columns): {
  columns: ColumnMapping | null;
  lacks: string | null;
} {
  if (!image) return { columns: null, lacks: 'Say which column names the image.' };
  if (!labeler) return { columns: null, lacks: 'Say which column names the person.' };
  if (!label) return { columns: null, lacks: 'Say which column holds the label.' };
  return { columns: { image, labeler, label, kind }, lacks: null };
}

/** Words that mean what a table's own guess says, for as long as nobody says otherwise. */
export function guessedClasses({ labels }: TableLook): ClassMapping {
  return Object.fromEntries(
    labels.flatMap(({ text, guess }) => (guess === null && text !== '' ? [] : [[text, guess]])),
  );
}

/** Words of the label column that nobody has put in place. */
export const unplaced = ({ labels }: TableLook, classes: ClassMapping): string[] =>
  labels.flatMap(({ text }) => (Object.hasOwn(classes, text) ? [] : [text]));

const reasons: Record<keyof LeftOut, string> = {
  unfinished: 'had not finished',
  excluded: 'excluded there',
  withdrawn: 'withdrew from this study',
  present: 'in this study already, with a session',
};

/** People whose rows are left out, and why; '' where there is none. */
export const leftOutText = (leftOut: LeftOut): string =>
  (Object.keys(reasons) as (keyof LeftOut)[])
    .flatMap((why) => (leftOut[why] === 0 ? [] : [`${whole(leftOut[why])} ${reasons[why]}`]))
    .join('; ');
