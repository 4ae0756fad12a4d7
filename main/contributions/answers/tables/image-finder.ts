import { z } from 'zod';
import { quote } from '../../../files/tables/index.ts';
import { truthColumn } from './humans-csv.ts';
import type { StimulusSetRecord } from '../../../storage/index.ts';
import { refusals } from '../../../services/labels/index.ts';
import { nameOfImage } from '../../formats/toolbox/model-vs-human.ts';
import { guessClass, idIn, looksOwn, placeCheck } from './columns.ts';

/** Finds the image that a cell names; undefined: the set has none of this name. */
export type FindImage = (cell: string) => number | undefined;

/**
 * By id; by the name of its file, where the set knows these; else by a file name in which the id is the only number. Test
 * images without known names are found by id alone: numbers in the names of their files are others.
 * @param set the study's stimuli
 */
export function imageFinder(set: Pick<StimulusSetRecord, 'provenance' | 'images' | 'source'>): FindImage {
  const ids = new Set(set.images.map(({ id }) => id));
  const files = fileNames(set);
  const known = (id: number | null): number | undefined => (id !== null && ids.has(id) ? id : undefined);
  if (files === null && set.source !== 'test-images') return (cell) => known(idIn(cell.trim()));
  const find = files && fileFinder(files);
  return (cell) => {
    const name = cell.trim();
    if (plainId.test(name)) return known(Number(name));
    const place = find?.(name);
    return place === undefined ? undefined : set.images[place]?.id;
  };
}

/** Some programs write whole numbers as `3.0`. */
const plainId = /^\d{1,9}(\.0+)?$/;

const filesSchema = z.object({ files: z.array(z.string()) });

/** Names of the images' files, in the order of the images; null: not known. */
function fileNames({ provenance, images }: Pick<StimulusSetRecord, 'provenance' | 'images'>): string[] | null {
  const files = filesSchema.safeParse(provenance).data?.files;
  return files?.length === images.length ? files : null;
}

/**
 * Finds the place of a file by its path. All folders that both paths have must be equal (`test/cat/0000.jpg` is
 * `cat/0000.jpg`, and `dog/0000.jpg` is not); the ending may be absent. A name without folders may have prefixes that some
 * toolboxes add, such as the number of a trial (`0001_cat-12.png`); the copies of an image that model-vs-human makes for
 * people and for models are the same. Several files of the name: none is meant.
 */
function fileFinder(files: readonly string[]): (path: string) => number | undefined {
  const all = files.map((path, place) => ({ place, parts: partsOf(path) }));
  const byName = Map.groupBy(all, ({ parts }) => parts[0] ?? '');
  const copies = Map.groupBy(all, ({ parts: [name = ''] }) => nameOfImage(name));
  const places = (found: typeof all): number | undefined => (found.length === 1 ? found[0]?.place : undefined);
  return (path) => {
    const wanted = partsOf(path);
    const [name = '', ...folders] = wanted;
    for (const each of folders.length === 0 ? prefixed(name) : [name]) {
      const found = (byName.get(each) ?? []).filter(({ parts }) => agree(parts, wanted));
      if (found.length > 0) return places(found);
    }
    const image = nameOfImage(name);
    return image === name || folders.length > 0 ? undefined : places(copies.get(image) ?? []);
  };
}

/** Name without its ending, then folders from the innermost. */
function partsOf(path: string): string[] {
  const [name = '', ...folders] = path
    .split(/[\\/]/)
    .filter((part) => part !== '' && part !== '.')
    .reverse();
  return [name.replace(/\.[A-Za-z][A-Za-z0-9]{0,4}$/, ''), ...folders];
}

/** The folders that both have. */
const agree = (a: readonly string[], b: readonly string[]): boolean =>
  a.slice(1, b.length).every((folder, at) => folder === b[at + 1]);

/** The name, then without each of its prefixes; what has no letter is no name. */
function prefixed(name: string): string[] {
  const parts = name.split('_');
  return parts.map((_, at) => parts.slice(at).join('_')).filter((rest, at) => at === 0 || /[a-z]/i.test(rest));
}

/** Columns with the true class of a row's image. */
export const truthColumns: readonly string[] = ['true_class', 'category', truthColumn];

type CheckImage = (cells: readonly string[], image: number, where: () => string) => void;

/**
 * Returns a check that compares what a row says of its image with the study's stimuli: pair, alpha and true class, as far as the
 * table has them. @throws UserError `labeling.table`
 */
export function imageCheck(columns: readonly string[], set: StimulusSetRecord): CheckImage {
  const checks = [placeCheck(columns, set), truthCheck(columns, set)];
  return (cells, image, where) => {
    for (const check of checks) check(cells, image, where);
  };
}

/**
 * Returns a check that compares the true class of a row, if the table and the set have it, with the row's image: a table in
 * another order would give every answer to the wrong image. Words that name no class of the set are passed over.
 * @throws UserError `labeling.table`
 */
function truthCheck(columns: readonly string[], set: StimulusSetRecord): CheckImage {
  const at = columns.findIndex((name) => truthColumns.includes(name.toLowerCase()));
  const truths = new Map(set.images.map(({ id, truth = null }) => [id, truth]));
  if (at < 0) return () => undefined;
  const reading = columns[at] === truthColumn && looksOwn('label', columns) ? 'indexes' : 'names';
  return (cells, image, where) => {
    const truth = truths.get(image) ?? null;
    const stated = guessClass(cells[at] ?? '', set.classes, reading);
    if (truth === null || stated === null || truth === stated) return;
    throw refusals.table(
      `Image ${image} shows ${quote(set.classes[stated] ?? '')} in this table, but ${quote(set.classes[truth] ?? '')} in the study’s stimuli`,
      where(),
      `Import answers about this study’s stimuli. If the column ${columns[at]} means something else, rename it.`,
    );
  };
}
