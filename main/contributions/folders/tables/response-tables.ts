import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareCodePoints, type ImageInput } from '../../../analysis/outcomes/index.ts';
import { type LabelCounts, type LabelSet, missing, type Ratings } from '../../../analysis/labels/index.ts';
import { at } from '../../../domain/numbers/index.ts';
import { readCsv } from '../../../files/tables/reading/index.ts';
import { CellReader, quote, requireColumns, tableError } from '../../../files/tables/index.ts';
import { maxClasses } from '../../answers/tables/humans-csv.ts';
import { type AnswerRows, placeIn, readAnswers, readLabel } from './experiment-tables.ts';
import { LabelColumns } from './label-columns.ts';

/** People's answers of four kinds to the images of a folder of tables (metrics.md 14), each from a file of its own. */
export interface ResponseTables {
  /** Number of classes K. */
  readonly classes: number;
  /** From counts.csv; this and the others: null without the file. */
  readonly counts: LabelCounts | null;
  /** From abstain.csv: labels, and people who could not tell, of each image. */
  readonly abstain: { readonly labels: LabelCounts; readonly abstained: Uint32Array } | null;
  /** From sets.csv: each image's answers. */
  readonly sets: readonly (readonly LabelSet[])[] | null;
  /** From graded.csv: each image's ratings. */
  readonly graded: readonly Ratings[] | null;
}

/** Stands for "can't tell" in a column of labels, which are smaller. */
const cannotTell = 32_767;
/** Most different sets of classes in a file. */
const mostSets = 32_766;
/** Most labels of one class on an image, and the largest rating. */
const most = { count: 1_000_000, rating: 1e50, ratings: 5_000_000 };

/**
 * Reads counts.csv, abstain.csv, sets.csv and graded.csv where they are.
 * @param classes number of classes that other tables have @throws UserError `csv.*` or `experiment.*`
 */
export async function readResponses(
  folder: string,
  images: readonly ImageInput[],
  classes: number,
): Promise<ResponseTables> {
  const placeOf = new Map(images.map(({ id }, place) => [id, place]));
  const read = <T>(name: string, reader: (path: string, placeOf: ReadonlyMap<number, number>) => Promise<T>) => {
    const path = join(folder, name);
    return existsSync(path) ? reader(path, placeOf) : Promise.resolve(null);
  };
  const counts = await read('counts.csv', readCounts);
  const abstain = await read('abstain.csv', readAbstain);
  const sets = await read('sets.csv', readSets);
  const graded = await read('graded.csv', readRatings);
  const all = [counts, abstain, sets, graded].reduce((k, table) => Math.max(k, table?.classes ?? 0), classes);
  if (images.length * all > mostCells) {
    const what = `${images.length} images times ${all} classes are more than fit`;
    throw tableError(folder, null, 'csv.too-large', what, 'Split the tables.');
  }
  const n = images.length;
  return {
    classes: all,
    counts: counts && labelCountsOf(counts.cells, n, all),
    abstain: abstain && { labels: labelCountsOf(abstain.cells, n, all), abstained: abstain.abstained },
    sets: sets?.answers ?? null,
    graded: graded?.answers ?? null,
  };
}

const mostCells = 100_000_000;

/** How many people gave an image a label. */
interface CountCell {
  readonly image: number;
  readonly label: number;
  readonly count: number;
}

export function labelCountsOf(cells: readonly CountCell[], images: number, classes: number): LabelCounts {
  const counts = new Uint32Array(images * classes);
  const present = new Uint32Array(images);
  for (const { image, label, count } of cells) {
    counts[image * classes + label]! += count;
    present[image]! += count;
  }
  return { images, classes, counts, present };
}

/** A blank cell is 0. */
export async function readCounts(path: string, placeOf: ReadonlyMap<number, number>) {
  const cells: CountCell[] = [];
  let classes = 0;
  const seen = new Set<number>();
  await readCsv(path, (header) => {
    classes = Math.max(1, header.names.filter((name) => /^count_\d+$/.test(name)).length);
    const [image, ...columns] = requireColumns(header, [
      'image',
      ...Array.from({ length: classes }, (_, k) => `count_${k}`),
    ]);
    if (classes > maxClasses) {
      const what = `There are ${classes} columns of counts`;
      throw tableError(path, 1, 'csv.too-large', what, `Take at most ${maxClasses} classes.`);
    }
    const read = new CellReader(header);
    return (row, line) => {
      const place = placeIn(path, read, at(row, image!), line, placeOf);
      if (seen.has(place)) {
        const remedy = 'Give each image one row.';
        throw tableError(path, line, 'experiment.image-twice', 'This image has a second row', remedy);
      }
      seen.add(place);
      columns.forEach((column, label) => {
        const cell = at(row, column).trim();
        const count = cell === '' ? 0 : read.integer(cell, line, `count_${label}`, 0, most.count);
        if (count > 0) cells.push({ image: place, label, count });
      });
    };
  });
  return { cells, classes };
}

/** `?`: can't tell; blank: no answer. */
async function readAbstain(path: string, placeOf: ReadonlyMap<number, number>) {
  let highest = 0;
  const parse = (cell: string, line: number, read: CellReader): number => {
    const text = cell.trim();
    if (text === '') return missing;
    if (text === '?') return cannotTell;
    const label = readLabel(cell, line, read);
    highest = Math.max(highest, label);
    return label;
  };
  const rows = await readAnswers(path, placeOf, { rater: 'labeler', cell: 'label', known: null, parse });
  const abstained = new Uint32Array(placeOf.size);
  const cells: CountCell[] = [];
  eachAnswer(rows, placeOf.size, (image, given) => {
    if (given === cannotTell) abstained[image]!++;
    else cells.push({ image, label: given, count: 1 });
  });
  return { cells, abstained, classes: highest + 1 };
}

/** `4|9`: one class or several; blank: no answer. */
async function readSets(path: string, placeOf: ReadonlyMap<number, number>) {
  const known = new Map<string, number>();
  const sets: LabelSet[] = [];
  let highest = 0;
  const parse = (cell: string, line: number, read: CellReader): number => {
    if (cell.trim() === '') return missing;
    const labels = cell.split('|').map((label) => readLabel(label.trim(), line, read));
    const set = [...new Set(labels)].sort((a, b) => a - b);
    if (set.length < labels.length) {
      const remedy = 'Name each class once, such as 4|9.';
      throw tableError(path, line, 'experiment.label-twice', `labels is ${quote(cell)}, with a class twice`, remedy);
    }
    highest = Math.max(highest, at(set, set.length - 1));
    const key = set.join('|');
    const own = known.get(key);
    if (own !== undefined) return own;
    if (sets.length >= mostSets) {
      const what = `There are more than ${mostSets} different sets of classes`;
      throw tableError(path, line, 'csv.too-large', what, 'Split the table.');
    }
    known.set(key, sets.length);
    return sets.push(set) - 1;
  };
  const rows = await readAnswers(path, placeOf, { rater: 'labeler', cell: 'labels', known: null, parse });
  const answers = Array.from({ length: placeOf.size }, (): LabelSet[] => []);
  eachAnswer(rows, placeOf.size, (image, set) => answers[image]!.push(at(sets, set)));
  return { answers, classes: highest + 1 };
}

/** By name of the rater, so that the order of rows does not matter; without those that are missing. */
function eachAnswer(
  { raters, columns }: AnswerRows,
  images: number,
  take: (image: number, given: number) => void,
): void {
  for (const [, rater] of [...raters].sort(([a], [b]) => compareCodePoints(a, b)))
    for (let image = 0; image < images; image++) {
      const given = columns.at(rater, image);
      if (given >= 0) take(image, given);
    }
}

/** A row for each class that a person rated. */
async function readRatings(path: string, placeOf: ReadonlyMap<number, number>) {
  const people = new Map<string, Map<number, Map<number, number>>>();
  let [highest, rows] = [0, 0];
  await readCsv(path, (header) => {
    const [image, labeler, label, rating] = requireColumns(header, ['image', 'labeler', 'label', 'rating']);
    const read = new CellReader(header);
    return (cells, line) => {
      const place = placeIn(path, read, at(cells, image!), line, placeOf);
      const name = read.name(at(cells, labeler!), line, 'labeler');
      const of = readLabel(at(cells, label!), line, read);
      const given = read.decimal(at(cells, rating!), line, 'rating', -most.rating, most.rating);
      const own = people.get(name) ?? new Map<number, Map<number, number>>();
      const ratings = own.get(place) ?? new Map<number, number>();
      if (ratings.has(of)) {
        const what = `${quote(name)} has a second rating of class ${of} for this image`;
        throw tableError(path, line, 'experiment.label-twice', what, 'Give each labeler one row an image and class.');
      }
      rows++;
      if (rows > most.ratings || LabelColumns.tooLarge(placeOf.size, people.size)) {
        throw tableError(path, line, 'csv.too-large', 'There are more ratings than fit', 'Split the table.');
      }
      people.set(name, own.set(place, ratings.set(of, given)));
      highest = Math.max(highest, of);
    };
  });
  const sorted = [...people].sort(([a], [b]) => compareCodePoints(a, b));
  const answers = sorted.flatMap(([, own], labeler): Ratings[] =>
    [...own]
      .sort(([a], [b]) => a - b)
      .map(([image, ratings]) => ({
        image,
        labeler,
        ratings: [...ratings].map(([label, rating]) => ({ label, rating })).sort((a, b) => a.label - b.label),
      })),
  );
  return { answers, classes: highest + 1 };
}
