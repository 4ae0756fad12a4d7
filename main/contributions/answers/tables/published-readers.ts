import type { TableFile } from '../table-kinds.ts';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { formatBytes } from '../../../domain/numbers/index.ts';
import { largest, onFile } from '../../../files/index.ts';
import { ZipReader } from '../../../files/zip/index.ts';
import { type NpyNumbers, readNpyNumbers } from '../../formats/sources/npy.ts';
import { refusals } from '../../../services/labels/index.ts';
import { type StartTable, unknownAnnotator } from './table-file.ts';

/** Layouts of published answers that are no tables: NumPy arrays and lists in JSON. Row n, from 0, is about image n. */

const mostCells = 100_000_000;

/** An array [images, columns] or [images], whose columns are called `0`, `1`, ... */
export function readNpyTable({ path, name }: TableFile, start: StartTable): void {
  refuseLarge(path, name, largest.array);
  takeArrays([['', readNpyNumbers(readFileSync(path), name)]], name, start);
}

/** Arrays of as many images, each a column by its name, as CIFAR-10N is often saved. */
export async function readNpzTable({ path, name }: TableFile, start: StartTable): Promise<void> {
  refuseLarge(path, name, largest.array);
  const zip = await ZipReader.open(path);
  try {
    const members = zip.names.filter((member) => member.endsWith('.npy'));
    if (members.length === 0) {
      const isTorch = zip.names.some((member) => member.endsWith('data.pkl'));
      const what = isTorch
        ? 'This is a file of PyTorch, a pickle, which is never loaded'
        : 'This zip file has no NumPy arrays';
      throw refusals.table(
        what,
        name,
        'Save the labels with np.savez(file, random_label1=..., random_label2=...) or as CSV.',
      );
    }
    const bytes = members.reduce((sum, member) => sum + (zip.fileSize(member) ?? 0), 0);
    if (members.length > 1000 || bytes > largest.array) {
      const what = `The arrays of this file are too many or too large: ${members.length}, ${formatBytes(bytes)}`;
      throw refusals.table(
        what,
        name,
        `Save only the labels: at most 1,000 arrays, ${formatBytes(largest.array)} together.`,
      );
    }
    const arrays: [string, NpyNumbers][] = [];
    for (const member of members)
      arrays.push([member.slice(0, -4), readNpyNumbers(await zip.read(member, largest.array), `${name}, ${member}`)]);
    takeArrays(arrays, name, start);
  } finally {
    zip.close();
  }
}

function takeArrays(arrays: readonly [string, NpyNumbers][], name: string, start: StartTable): void {
  const rows = arrays[0]?.[1].shape[0] ?? 0;
  const columns = arrays.flatMap(([array, numbers]) => columnsOf(array, numbers, arrays.length, name));
  if (arrays.some(([, { shape }]) => shape[0] !== rows)) {
    throw refusals.table(
      'The arrays of this file have different lengths',
      name,
      'Save arrays of the same images only.',
    );
  }
  if (rows * columns.length > mostCells) {
    throw refusals.table(`This array has more than ${mostCells} values`, name, 'Split it.');
  }
  const take = start(columns.map(({ column }) => column));
  for (let row = 0; row < rows; row++) {
    take(
      columns.map(({ numbers, at }) => String(numbers.at(row * (numbers.shape[1] ?? 1) + at))),
      () => `${name}, row ${row} of the array`,
    );
  }
}

function columnsOf(array: string, numbers: NpyNumbers, arrays: number, name: string) {
  const { shape } = numbers;
  if (shape.length !== 1 && shape.length !== 2) {
    const what = `An array has the shape (${shape.join(', ')})`;
    throw refusals.table(what, name, 'Save an array with a row for each image: (images,) or (images, classes).');
  }
  const width = shape.length === 1 ? null : (shape[1] ?? 0);
  if (width === null) return [{ column: array === '' ? 'label' : array, numbers, at: 0 }];
  if (width > 1000) throw refusals.table(`An array has ${width} columns`, name, 'Take at most 1,000 classes.');
  const prefix = arrays === 1 ? '' : `${array}_`;
  return Array.from({ length: width }, (_, at) => ({ column: `${prefix}${at}`, numbers, at }));
}

const word = z.union([z.string().max(200), z.number()]);
const listsSchema = z.array(z.union([z.array(word).max(1000), word, z.null()])).max(10_000_000);

/** A list of labels for each image, as the ReaL labels are published: written as `4|9`; an empty one is no answer. */
export function readListTable({ path, name }: TableFile, start: StartTable): void {
  const lists = listsSchema.safeParse(readJsonFile(path, name));
  if (!lists.success) {
    throw refusals.table(
      'This JSON file is no list of labels',
      name,
      'Choose a list with the labels of each image, such as [[3], [4, 9], []].',
    );
  }
  const take = start(['labels']);
  lists.data.forEach((labels, index) => {
    const text = labels === null ? '' : Array.isArray(labels) ? labels.join('|') : String(labels);
    take([text], () => `${name}, entry ${index}`);
  });
}

const choice = z.string().max(200);
const share = z.number().min(0).max(1e6).nullable();
const annotatorsSchema = z.record(
  z.string().regex(/^\d{1,9}$/),
  z
    .array(
      z.object({
        'Most Probable Class': choice,
        'Most Probable Class Prob': share,
        'Second Most Probable Class': choice,
        'Second Most Probable Class Prob': share,
        'Impossible Class(es)': z.array(choice).max(1000),
      }),
    )
    .max(1000),
);

export const isAnnotators = (json: unknown): boolean => {
  const first = typeof json === 'object' && json !== null ? Object.values(json)[0] : undefined;
  return Array.isArray(first) && typeof first[0] === 'object' && first[0] !== null && 'Most Probable Class' in first[0];
};

/**
 * What each annotator gave of an image, as CIFAR-10S has it (Collins et al. 2022): ratings of the first and the second choice
 * as they are stated, and 0 for impossible classes. The file does not say who they were: the nth of two images are two
 * people.
 */
export function readAnnotators(json: unknown, name: string, start: StartTable): void {
  const images = annotatorsSchema.safeParse(json);
  if (!images.success) {
    const where = `${name}, ${images.error.issues[0]?.path.join('.') ?? ''}`;
    throw refusals.table(
      'This entry is not as CIFAR-10S has it',
      where,
      'Choose human_soft_labels_data.json of CIFAR-10S.',
    );
  }
  const take = start(['image', unknownAnnotator, 'label', 'rating']);
  for (const [image, annotators] of Object.entries(images.data)) {
    annotators.forEach((given, index) => {
      const ratings = new Map<string, string>();
      const rate = (label: string, rating: number | null): void => {
        if (rating !== null && !ratings.has(label)) ratings.set(label, String(rating));
      };
      rate(given['Most Probable Class'], given['Most Probable Class Prob']);
      rate(given['Second Most Probable Class'], given['Second Most Probable Class Prob']);
      for (const label of given['Impossible Class(es)']) rate(label, 0);
      for (const [label, rating] of ratings)
        take([image, String(index + 1), label, rating], () => `${name}, image ${image}, annotator ${index + 1}`);
    });
  }
}

/** @throws UserError `labeling.table`, `file.*` */
function readJsonFile(path: string, name: string): unknown {
  refuseLarge(path, name, largest.labelsJson);
  const text = onFile(name, () => readFileSync(path, 'utf8'));
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw refusals.table('This file is not valid JSON', name, 'Save it again.');
  }
}

function refuseLarge(path: string, name: string, most: number): void {
  if (statSync(path).size <= most) return;
  throw refusals.table(`This file is larger than ${formatBytes(most)}`, name, 'Split it.');
}
