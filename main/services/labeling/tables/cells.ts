import type { ClassMapping } from '../../../contract/labeling/tables.ts';
import { sameAlpha } from '../../../domain/stimulus-set.ts';
import { quoted } from '../../../files/tables/csv-reader.ts';
import type { StimulusSetRecord } from '../../../storage/index.ts';
import { refusals } from '../../labels/refusals.ts';

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
      ? `${quoted(cell)} does not say which image it means`
      : `There is no image ${quoted(cell)} in the study’s stimuli`;
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
  throw refusals.table(`The labeler is ${quoted(cell)}`, where(), 'Give every row a name of at most 200 characters.');
}

/** A class index, or null for left blank. @throws UserError `labeling.table` */
export function classOf(cell: string, classes: ClassMapping, { classes: names }: StimulusSetRecord, where: Where) {
  const mapped = Object.hasOwn(classes, cell) ? classes[cell] : cell.trim() === '' ? null : undefined;
  if (mapped === null || (mapped !== undefined && mapped < names.length)) return mapped;
  const remedy = 'Say which class this spelling means, or that it means left blank.';
  throw refusals.table(`${quoted(cell)} is put to no class`, where(), remedy);
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
        `Image ${id} has ${column} ${quoted(cell)} in this table, and ${image?.[of]} in the study’s stimuli`,
        where(),
        `Import labels of this study’s own stimuli. If the column ${column} means something else, give it another name.`,
      );
    }
  };
}
