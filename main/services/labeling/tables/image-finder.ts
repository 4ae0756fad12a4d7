import { z } from 'zod';
import { quote } from '../../../files/tables/csv-reader.ts';
import type { StimulusSetRecord } from '../../../storage/index.ts';
import { refusals } from '../../labels/refusals.ts';
import { guessClass, idIn } from './columns.ts';

/** Finds the image that a cell names; undefined: the set has none of this name. */
export type FindImage = (cell: string) => number | undefined;

/**
 * By id; by the name of its file, where the set knows these; else by a file name in which the id is the only number.
 * @param set the study's stimuli
 */
export function imageFinder(set: StimulusSetRecord): FindImage {
  const ids = new Set(set.images.map(({ id }) => id));
  const files = fileNames(set);
  if (files === null) {
    return (cell) => {
      const id = idIn(cell.trim());
      return id !== null && ids.has(id) ? id : undefined;
    };
  }
  const byName = uniqueNames(files, set.images);
  return (cell) => {
    const name = cell.trim();
    if (/^\d{1,9}$/.test(name)) return ids.has(Number(name)) ? Number(name) : undefined;
    return byName.get(name) ?? spellings(name).flatMap((each) => byName.get(each) ?? [])[0];
  };
}

const filesSchema = z.object({ files: z.array(z.string()) });

/** Names of the images' files, in the order of the images; null: not known. */
function fileNames({ provenance, images }: StimulusSetRecord): string[] | null {
  const files = filesSchema.safeParse(provenance).data?.files;
  return files?.length === images.length ? files : null;
}

/** Ids by each spelling of a name (path, name, either without ending) that only one file has. */
function uniqueNames(files: readonly string[], images: StimulusSetRecord['images']): ReadonlyMap<string, number> {
  const found = new Map<string, number | null>();
  files.forEach((path, at) => {
    const own = images[at]?.id;
    for (const each of new Set([path, path.replace(/^.*\//, '')].flatMap((name) => [name, withoutEnding(name)])))
      found.set(each, found.has(each) ? null : (own ?? null));
  });
  return new Map([...found].flatMap(([name, id]) => (id === null ? [] : [[name, id]])));
}

const withoutEnding = (name: string): string => name.replace(/\.[A-Za-z][A-Za-z0-9]{0,4}$/, '');

/**
 * Ways to write the name of a file: without folders, without ending, and without the prefixes that some toolboxes add, such
 * as the number of a trial (`0001_cat-12.png`).
 */
function spellings(path: string): string[] {
  const name = path.replace(/^.*[\\/]/, '');
  const parts = name.split('_');
  const bare = parts
    .map((_, at) => parts.slice(at).join('_'))
    .filter((rest, at) => at === 0 || /[a-z].*\./i.test(rest));
  return [path, ...bare].flatMap((each) => [each, withoutEnding(each)]);
}

/** Columns with the true class of a row's image. */
const truthColumns = ['true_class', 'category', 'truth'];

/**
 * Returns a check that compares the true class of a row, if the table and the set have it, with the row's image: a table in
 * another order would give every answer to the wrong image. Words that name no class of the set are passed over.
 * @throws UserError `labeling.table`
 */
export function truthCheck(
  columns: readonly string[],
  set: StimulusSetRecord,
): (cells: readonly string[], image: number, where: () => string) => void {
  const at = columns.findIndex((name) => truthColumns.includes(name.toLowerCase()));
  const truths = new Map(set.images.map(({ id, truth = null }) => [id, truth]));
  if (at < 0) return () => undefined;
  return (cells, image, where) => {
    const truth = truths.get(image) ?? null;
    const stated = guessClass(cells[at] ?? '', set.classes, 'names');
    if (truth === null || stated === null || truth === stated) return;
    throw refusals.table(
      `Image ${image} shows ${quote(set.classes[stated] ?? '')} in this table, but ${quote(set.classes[truth] ?? '')} in the study’s stimuli`,
      where(),
      `Import answers about this study’s stimuli. If the column ${columns[at]} means something else, rename it.`,
    );
  };
}
