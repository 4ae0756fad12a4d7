import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareCodePoints, type ImageInput } from '../../../analysis/outcomes/index.ts';
import { imageCounts, type LabelCounts, type LabelMatrix } from '../../../analysis/labels/index.ts';
import { meanOf, type TaughtNetwork } from '../../contrasts/analysis/label-training.ts';
import { at } from '../../../domain/numbers/index.ts';
import { readCsv } from '../../../files/tables/reading/index.ts';
import { CellReader, quote, requireColumns, tableError } from '../../../files/tables/index.ts';
import { maxClasses } from '../../answers/tables/humans-csv.ts';
import { hasLabel, placeIn, readImages, readLabels } from './experiment-tables.ts';
import { labelCountsOf, readCounts } from './response-tables.ts';
import { readSoftmax } from './predictions-csv-reader.ts';

/** Networks that were taught labels of people, and people who examine them (metrics.md 17). */
export interface TrainingTables {
  /**
   * From train_counts.csv: images with a label, and the labels of the people who taught. From teacher.csv: mean softmax,
   * `[image][k]`; null without the file.
   */
  readonly taught: {
    readonly images: readonly ImageInput[];
    readonly counts: LabelCounts;
    readonly teacher: Float64Array | null;
  };
  /** From heldout.csv: images with a label, and the labels, raters by name. */
  readonly heldOut: { readonly images: readonly ImageInput[]; readonly people: LabelMatrix };
  /** From arms.csv: networks on the held-out images. */
  readonly networks: readonly TaughtNetwork[];
}

/** Most cells of softmax in a file: 800 MB. */
const mostCells = 100_000_000;

/** Softmax of networks, by all of their names. */
interface SoftmaxRows {
  readonly classes: number;
  readonly rows: ReadonlyMap<string, { names: readonly string[]; byImage: ReadonlyMap<number, Float64Array> }>;
}

/**
 * Reads images.csv, train_counts.csv, heldout.csv and arms.csv, and teacher.csv where it is.
 * @throws UserError `csv.*`, `experiment.*` or `training.*`, naming file, row and remedy
 */
export async function readTraining(folder: string): Promise<TrainingTables> {
  const path = (name: string): string => join(folder, name);
  const table = await readImages(path('images.csv'));
  const { images, placeOf } = table;
  if (images.some(({ alpha }) => alpha === null)) {
    const remedy = 'Add pair_i, pair_j and alpha, or remove training.json.';
    throw tableError(path('images.csv'), 1, 'csv.missing-columns', 'Targets need images between two classes', remedy);
  }
  const labels = await readCounts(path('train_counts.csv'), placeOf);
  const people = await readLabels(path('heldout.csv'), 'labeler', table, null);
  const arms = await readNetworks(path('arms.csv'), ['arm', 'seed'], placeOf);
  const teacher = existsSync(path('teacher.csv')) ? await readNetworks(path('teacher.csv'), ['model'], placeOf) : null;
  const classes = Math.max(table.highest + 1, labels.classes, people.highest + 1, arms.classes, teacher?.classes ?? 0);
  const counts = labelCountsOf(labels.cells, images.length, classes);
  const taught = someOf(path('train_counts.csv'), images, (image) => counts.present[image]! > 0);
  const raters = [...people.raters].sort(([a], [b]) => compareCodePoints(a, b)).map(([, column]) => column);
  const answered = raters.filter((column) => hasLabel(people, column, table));
  const all = people.columns.matrix(answered, images.length);
  const held = someOf(path('heldout.csv'), images, (image) =>
    answered.some((_, rater) => all[rater * images.length + image]! >= 0),
  );
  const rowsOf = (name: string, { rows }: SoftmaxRows, chosen: Chosen) =>
    [...rows.values()].map(({ names, byImage }) => ({
      names,
      softmax: joined(path(name), names, byImage, chosen, classes),
    }));
  const teachers = teacher && rowsOf('teacher.csv', teacher, taught).map(({ softmax }) => softmax);
  return {
    taught: {
      images: taught.images,
      teacher: teachers && teachers.length > 0 ? meanOf(teachers) : null,
      counts: {
        images: taught.places.length,
        classes,
        counts: Uint32Array.from(taught.places.flatMap((place) => [...imageCounts(counts, place)])),
        present: Uint32Array.from(taught.places, (place) => counts.present[place]!),
      },
    },
    heldOut: {
      images: held.images,
      people: {
        raters: answered.length,
        images: held.places.length,
        classes,
        values: Int16Array.from(
          answered.flatMap((_, rater) => held.places.map((place) => all[rater * images.length + place]!)),
        ),
      },
    },
    networks: rowsOf('arms.csv', arms, held).map(({ names, softmax }) => ({
      arm: at(names, 0),
      seed: at(names, 1),
      softmax,
    })),
  };
}

/** Some of the images, and their places among all. */
interface Chosen {
  readonly images: readonly ImageInput[];
  readonly places: readonly number[];
}

/** @throws UserError `training.no-labels` none is */
function someOf(path: string, images: readonly ImageInput[], isOne: (place: number) => boolean): Chosen {
  const places = [...images.keys()].filter(isOne);
  if (places.length > 0) return { images: places.map((place) => at(images, place)), places };
  throw tableError(path, null, 'training.no-labels', 'No image has a label', 'Add labels of people.');
}

/** The rows of a table of networks: `names`, image, p0, p1 and so on. */
async function readNetworks(
  path: string,
  names: readonly string[],
  placeOf: ReadonlyMap<number, number>,
): Promise<SoftmaxRows> {
  const rows = new Map<string, { names: readonly string[]; byImage: Map<number, Float64Array> }>();
  let [classes, cells] = [0, 0];
  await readCsv(path, (header) => {
    classes = Math.max(2, header.names.filter((name) => /^p\d+$/.test(name)).length);
    if (classes > maxClasses) {
      const what = `There are ${classes} columns of softmax`;
      throw tableError(path, 1, 'csv.too-large', what, `Take at most ${maxClasses} classes.`);
    }
    const columns = requireColumns(header, [...names, 'image', ...Array.from({ length: classes }, (_, k) => `p${k}`)]);
    const [image, places] = [at(columns, names.length), columns.slice(names.length + 1)];
    const read = new CellReader(header);
    return (row, line) => {
      const own = names.map((name, index) => read.name(at(row, at(columns, index)), line, name));
      const key = JSON.stringify(own);
      const network = rows.get(key) ?? { names: own, byImage: new Map<number, Float64Array>() };
      const place = placeIn(path, read, at(row, image), line, placeOf);
      if (network.byImage.has(place)) {
        const remedy = 'Give each network one row an image.';
        throw tableError(
          path,
          line,
          'experiment.label-twice',
          `${quote(own.join(' '))} has a second row for this image`,
          remedy,
        );
      }
      cells += classes;
      if (cells > mostCells)
        throw tableError(path, line, 'csv.too-large', 'There are more values than fit', 'Split the table.');
      const values = new Float64Array(classes);
      readSoftmax(path, read, row, line, places, values);
      network.byImage.set(place, values);
      rows.set(key, network);
    };
  });
  return { classes, rows };
}

/** `[image][k]` of these images; a class without a column has probability 0. @throws UserError an image is missing */
function joined(
  path: string,
  names: readonly string[],
  byImage: ReadonlyMap<number, Float64Array>,
  { images, places }: Chosen,
  classes: number,
): Float64Array {
  const softmax = new Float64Array(places.length * classes);
  places.forEach((place, row) => {
    const values = byImage.get(place);
    if (!values) {
      const what = `${quote(names.join(' '))} has no row for image ${at(images, row).id}`;
      throw tableError(
        path,
        null,
        'training.softmax-missing',
        what,
        'Give every network a row of every labeled image.',
      );
    }
    softmax.set(values, row * classes);
  });
  return softmax;
}
