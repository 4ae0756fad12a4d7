import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SourceOf } from '../../../domain/data/index.ts';
import { formatNames } from '../../../domain/numbers/index.ts';
import { isToolboxTable, nameOfImage, partsOfName } from '../toolbox/model-vs-human.ts';
import { readCsvBytes } from '../../../files/tables/reading/index.ts';
import { isNoResponse, readToolboxTables } from '../toolbox/toolbox-tables.ts';
import { type ImageFile, type ImageFiles, listImageFiles } from './image-files.ts';
import { checkNames, chosenFolders, type FolderLayout, type PlacedFile, refuseAlike, tooFew } from './layout.ts';
import { dataError } from './source.ts';

/** Images as the toolbox model-vs-human lays them out, all of them test images, and where its tables of answers lie. */

/** Tables that are opened to see whether they are of the toolbox. */
const looked = 20;

/**
 * The folder of images of the only experiment, where a path is the toolbox's own folder with `datasets` and `raw-data`; else the
 * path. @throws UserError `data-set.several-experiments`
 */
export function experimentIn(path: string): string {
  const [images, answers] = [foldersIn(join(path, 'datasets')), foldersIn(join(path, 'raw-data'))];
  const both = images.filter((name) => answers.includes(name));
  const [only, ...others] = both;
  if (only === undefined) return path;
  if (others.length === 0) return join(path, 'datasets', only);
  throw dataError(
    'several-experiments',
    `This folder of model-vs-human has ${both.length} experiments, and a study is about one`,
    path,
    `Choose one of the folders in ${join(path, 'datasets')}: ${formatNames(both, 20)}.`,
  );
}

function foldersIn(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

/**
 * Where the toolbox's tables about images lie: among these images, or for `datasets/colour` in `raw-data/colour`. Null: nowhere.
 * @param path of the images, a folder or zip
 */
export async function answersBeside(path: string, listed: Pick<ImageFiles, 'tables'>): Promise<string | null> {
  if (await hasToolboxTable(listed)) return path;
  if (basename(dirname(path)) !== 'datasets') return null;
  const answers = join(dirname(dirname(path)), 'raw-data', basename(path));
  if (!existsSync(answers)) return null;
  const found = await listImageFiles(answers);
  try {
    return (await hasToolboxTable(found)) ? answers : null;
  } finally {
    found.close();
  }
}

/** All categories that answers are about or name, in code unit order; null: fewer than two. @param answers see `answersBeside` */
export async function answeredCategories(answers: string): Promise<string[] | null> {
  const all = new Set<string>();
  const listed = await listImageFiles(answers);
  try {
    await readToolboxTables(listed.tables, ({ category, object_response: answer }) => {
      if (all.size > 256) return;
      if (category !== '') all.add(category.normalize('NFC'));
      if (!isNoResponse(answer)) all.add(answer.normalize('NFC'));
    });
  } finally {
    listed.close();
  }
  return all.size < 2 ? null : [...all].sort();
}

async function hasToolboxTable({ tables }: Pick<ImageFiles, 'tables'>): Promise<boolean> {
  for (const table of tables.slice(0, looked)) if (await isOfToolbox(table)) return true;
  return false;
}

async function isOfToolbox(table: ImageFile): Promise<boolean> {
  let isOne = false;
  await readCsvBytes(table.path, await table.read().catch(() => Buffer.alloc(0)), ({ names }) => {
    isOne = isToolboxTable(names);
    throw new Error('the header is known');
  }).catch(() => undefined);
  return isOne;
}

/**
 * The category of an image: in its name, where it is a copy for an experiment (`0001_cl_dnn_cr_cat_40_n02123045_1.png`), else
 * its folder. Null: neither says it. @param path with slashes
 */
export function categoryOf(path: string): string | null {
  const parts = path.split('/');
  const own = partsOfName(parts.at(-1) ?? '');
  if (own) return own.category;
  const folder = parts.at(-2);
  return folder === undefined || /^(session-?\d+|dnn)$/i.test(folder) ? null : folder;
}

/** @throws UserError `data-set.*` */
export function layOutToolbox({ files, leftOut }: ImageFiles, source: SourceOf<'folder'>): FolderLayout {
  const isForModels = ({ path }: ImageFile): boolean => path.split('/').slice(0, -1).includes('dnn');
  const hasCopies = files.some(isForModels);
  const seen = new Set<string>();
  const placed: (ImageFile & { category: string })[] = [];
  for (const file of files) {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    const image = partsOfName(name) ? nameOfImage(name) : file.path;
    const category = categoryOf(file.path);
    if (category === null) leftOut.add('neither its name nor its folder tells its category', file.path);
    else if (hasCopies && !isForModels(file))
      leftOut.add('it lies beside the folder dnn, whose images are taken', file.path);
    else if (seen.has(image)) leftOut.add('it is a copy of an image for another person', file.path);
    else {
      seen.add(image);
      placed.push({ ...file, category });
    }
  }
  const known = [...new Set(placed.map(({ category }) => category))].sort();
  if (known.length < 2 && source.folders === null) throw tooFew(known, source.path);
  refuseAlike(known, source.path);
  const folders = chosenFolders(known, source);
  checkNames(source.classes ?? folders, source.path);
  const kept = placed.flatMap(({ category, ...file }): PlacedFile[] => {
    const label = folders.indexOf(category);
    if (label < 0) leftOut.add('its category is none of the classes', file.path);
    return label < 0 ? [] : [{ ...file, label, part: 'test', name: file.path }];
  });
  return { folders, files: kept, isSplit: false, notes: [] };
}
