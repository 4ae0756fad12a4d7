import { readFileSync, statSync } from 'node:fs';
import { knownAnswers } from '../../../analysis/labels/index.ts';
import type { AddedAnswers, AnswersMapping, AnswersPreview, WantedMapping } from '../contract/outside-models.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { formatCount, formatNames } from '../../../domain/numbers/index.ts';
import { hasPeopleAndModels, isPersonName } from '../../formats/toolbox/model-vs-human.ts';
import { largest } from '../../../files/index.ts';
import { CellReader, type CsvHeader, quote } from '../../../files/tables/index.ts';
import { isArray, type TableFile } from '../table-kinds.ts';
import type { StimulusSetRecord } from '../../../storage/index.ts';
import { type NpyNumbers, readNpyNumbers } from '../../formats/sources/npy.ts';
import { imageFinder, type FindImage, imageCheck } from '../tables/image-finder.ts';
import { guessSpellings } from '../tables/columns.ts';
import { guessMapping, modelName, spellingsOf, withWanted } from './guess.ts';
import { readTable, type TakeRow } from '../tables/readers.ts';

/** What one model of a table says of the images of a stimulus set, in id order. */
export interface ModelAnswers {
  name: string;
  labels: Uint16Array;
  /** `[image][k]`; null: unknown. */
  softmax: Float32Array | null;
  /** Confidence in the labels; null where softmax is known, or nothing but labels. */
  confidence: Float32Array | null;
}

interface ReadAnswers extends Omit<AddedAnswers, 'models' | 'known'> {
  models: ModelAnswers[];
}

/** Names and spellings that are listed, rows shown, models, and softmax values of all models together: 256 MiB. */
const most = { listed: 1000, aside: 2000, sample: 8, models: 1000, values: 2 ** 26 };

/** How far a row's sum may be from 1 (metrics.md 0); the slack is for the rounding of the sum itself. */
const sumTolerance = 1e-4 + 1e-12;

/**
 * Reads a table of models' answers and guesses its columns and classes.
 * @param wanted what a person chose in place of a guess
 * @throws UserError `csv.*`, `parquet.*`, `file.*`, `data-set.npy-*`, `outside.table`
 */
export async function previewAnswers(
  file: TableFile,
  set: StimulusSetRecord,
  wanted: WantedMapping,
): Promise<AnswersPreview> {
  return isArray(file.path) ? previewArray(file, set, wanted) : previewRows(file, set, wanted);
}

/**
 * Reads the answers of all models of a table, each for every image of the set. Images that the set does not have are set
 * aside and counted.
 * @throws UserError `csv.*`, `parquet.*`, `file.*`, `data-set.npy-*`, `outside.table`
 */
export async function readAnswers(
  file: TableFile,
  mapping: AnswersMapping,
  set: StimulusSetRecord,
): Promise<ReadAnswers> {
  return isArray(file.path) ? readArray(file, mapping, set) : readRows(file, mapping, set);
}

const refusal = (what: string, where: string, remedy: string): UserError =>
  new UserError('outside.table', what, where, remedy);

/** Rows of images that a set does not have. */
class UnknownImages {
  #rows = 0;
  readonly #names = new Set<string>();

  add(cell: string): void {
    this.#rows += 1;
    if (this.#names.size < 20) this.#names.add(cell.slice(0, 100));
  }

  get found(): AnswersPreview['unknown'] {
    return { rows: this.#rows, examples: [...this.#names] };
  }
}

async function previewRows(file: TableFile, set: StimulusSetRecord, wanted: WantedMapping): Promise<AnswersPreview> {
  const { name } = file;
  const { classes } = set;
  const find = imageFinder(set);
  const aside = new Set(wanted.aside);
  const met = new Set<string>();
  const [sample, spellings, models] = [[] as string[][], new Map<string, number>(), new Set<string>()];
  const unknown = new UnknownImages();
  let columns: readonly string[] = [];
  let mapping = guessMapping([], name, classes);
  let [rows, notOne] = [0, 0];
  const { format, hasClassNames } = await readTable(file, set.hash, (header) => {
    columns = header;
    mapping = withWanted(guessMapping(columns, name, classes), wanted);
    const place = (column: string | null): number => columns.indexOf(column ?? '');
    const [image, model, label] = [place(mapping.image), place(mapping.model), place(mapping.label)];
    const softmax = mapping.softmax?.map(place) ?? [];
    const hasPeople = wanted.aside === undefined && hasPeopleAndModels(mapping.model);
    return (cells) => {
      rows += 1;
      if (sample.length < most.sample) sample.push(cells.map((cell) => cell.slice(0, 200)));
      const own = model < 0 ? '' : (cells[model] ?? '').trim();
      if (hasPeople && model >= 0 && aside.size < most.aside && isPersonName(own)) aside.add(own.slice(0, 200));
      if (model >= 0 && aside.has(own)) {
        if (met.size < most.listed) met.add(own.slice(0, 100));
        return;
      }
      if (image >= 0 && find(cells[image] ?? '') === undefined) return unknown.add(cells[image] ?? '');
      if (model >= 0 && models.size < most.listed) models.add(own.slice(0, 100));
      const text = cells[label]?.slice(0, 200);
      if (text !== undefined && (spellings.size < most.listed || spellings.has(text)))
        spellings.set(text, (spellings.get(text) ?? 0) + 1);
      if (softmax.length === 0) return;
      const sum = softmax.reduce((total, at) => total + Number((cells[at] ?? '').replace(',', '.') || Number.NaN), 0);
      if (!(Math.abs(sum - 1) <= sumTolerance)) notOne += 1;
    };
  });
  const labels = guessSpellings(spellings, mapping.label, { columns, classes, hasClassNames });
  return {
    name,
    format,
    columns: [...columns],
    sample,
    shape: null,
    rows,
    labels,
    notOne,
    guess: {
      ...mapping,
      classes: wanted.classes ?? spellingsOf(labels),
      ...(aside.size > 0 && { aside: [...aside] }),
    },
    aside: [...met],
    models: models.size > 0 ? [...models] : [mapping.name],
    unknown: unknown.found,
  };
}

/** Answers of all models of a table, as its rows come. */
class AnswersBuilder {
  readonly #file: string;
  readonly #set: StimulusSetRecord;
  readonly #place: ReadonlyMap<number, number>;
  readonly #find: FindImage;
  readonly #models = new Map<string, ModelAnswers & { given: Uint8Array }>();
  readonly #known: 'labels' | 'confidence' | 'softmax';
  readonly #normalise: boolean;
  #unlike = 0;
  readonly #aside = { rows: 0, names: new Set<string>() };
  #divided = 0;

  constructor(file: string, set: StimulusSetRecord, known: AnswersBuilder['known'], normalise: boolean) {
    this.#file = file;
    this.#set = set;
    this.#place = new Map(set.images.map(({ id }, at) => [id, at]));
    this.#find = imageFinder(set);
    this.#known = known;
    this.#normalise = normalise;
  }

  get known(): 'labels' | 'confidence' | 'softmax' {
    return this.#known;
  }

  /** The place of the image that a cell names; undefined: the set has none of this name. */
  place(cell: string): number | undefined {
    const id = this.#find(cell);
    return id === undefined ? undefined : this.#place.get(id);
  }

  /** A row that is set aside, by its name. */
  addAside(name: string): void {
    this.#aside.rows += 1;
    if (this.#aside.names.size < 1000) this.#aside.names.add(name.slice(0, 100));
  }

  /** @param label null: the class of the largest softmax @param values softmax, or the confidence alone, or nothing */
  add(cell: string, image: number, label: number | null, values: Float64Array, where: () => string): void {
    const model = this.#model(cell, where);
    if (model.given[image] === 1) throw twice(model.name, this.#set.images[image]?.id ?? 0, where());
    model.given[image] = 1;
    if (this.#known !== 'softmax') {
      model.labels[image] = label ?? 0;
      if (model.confidence) model.confidence[image] = values[0] ?? 0;
      return;
    }
    this.#checkSum(values, where);
    const largest = values.indexOf(values.reduce((a, b) => Math.max(a, b), 0));
    model.labels[image] = label ?? largest;
    if (label !== null && label !== largest) this.#unlike += 1;
    model.softmax?.set(values, image * values.length);
  }

  #checkSum(values: Float64Array, where: () => string): void {
    const sum = values.reduce((a, b) => a + b, 0);
    if (Math.abs(sum - 1) <= sumTolerance) return;
    if (!this.#normalise || sum <= 0) {
      throw refusal(
        `The softmax values add up to ${Number(sum.toPrecision(7))}, not to 1`,
        where(),
        sum > 0
          ? 'Write all probabilities with at least 6 decimals, or choose to divide them by their sum.'
          : 'Write the probability of each class, from 0 to 1.',
      );
    }
    this.#divided += 1;
    for (let k = 0; k < values.length; k++) values[k]! /= sum;
  }

  #model(cell: string, where: () => string) {
    const name = cell.trim();
    const known = this.#models.get(name);
    if (known) return known;
    if (name === '' || name.length > 100 || /\p{Cc}/u.test(name))
      throw refusal(`The model is ${quote(cell)}`, where(), 'Use a name of at most 100 characters in every row.');
    const { images, classes } = this.#set;
    const values = this.#known === 'softmax' ? images.length * classes.length : images.length;
    if (this.#models.size >= most.models || (this.#models.size + 1) * values > most.values) {
      if (this.#models.size === 0)
        throw refusal(
          `One model with ${formatCount(values, 'value')} is more than fits`,
          where(),
          'Add its labels, or its labels and confidences, instead of all softmax.',
        );
      const what = `More than ${formatCount(this.#models.size, 'model')} with ${formatCount(values, 'value')} each do not fit`;
      throw refusal(what, where(), 'Check the column with the model, or split the file by models.');
    }
    const model = {
      name,
      labels: new Uint16Array(images.length),
      given: new Uint8Array(images.length),
      softmax: this.#known === 'softmax' ? new Float32Array(values) : null,
      confidence: this.#known === 'confidence' ? new Float32Array(values) : null,
    };
    this.#models.set(name, model);
    return model;
  }

  /** @throws UserError `outside.table` if a model lacks an image, or there is none */
  finish(unknown: AnswersPreview['unknown']): ReadAnswers {
    const { images } = this.#set;
    const models = [...this.#models.values()];
    if (models.length === 0) {
      if (unknown.rows === 0 && this.#aside.rows > 0) {
        const what = `All rows are of names that are set aside: ${formatNames([...this.#aside.names], 3)}`;
        throw refusal(
          what,
          this.#file,
          'Say which names are models, or import the answers of people on the screen Labeling.',
        );
      }
      const what = unknown.rows > 0 ? 'Every image of this table is unknown to the study' : 'This table has no answers';
      throw refusal(what, this.#file, 'Choose a table of this study’s stimuli, and the column with the ids of images.');
    }
    for (const { name, given } of models) {
      const missing = images.flatMap(({ id }, at) => (given[at] === 1 ? [] : [id]));
      if (missing.length === 0) continue;
      throw refusal(
        `Model ${quote(name)} has no answer for ${missing.length} of ${formatCount(images.length, 'image')}: ${formatNames(missing.map(String), 5)}`,
        this.#file,
        'Give every model a row for each image of the study’s stimuli.',
      );
    }
    return {
      models: models.map(({ given: _, ...model }) => model),
      unknown,
      notes: [
        ...(unknown.rows > 0
          ? [`${formatCount(unknown.rows, 'row')} of images that the study does not have were set aside.`]
          : []),
        ...(this.#aside.rows > 0
          ? [`${formatCount(this.#aside.rows, 'row')} of ${formatNames([...this.#aside.names], 3)} were set aside.`]
          : []),
        ...(this.#unlike > 0
          ? [
              `In ${formatCount(this.#unlike, 'row')}, the label is not the class of the largest softmax; the label counts.`,
            ]
          : []),
        ...(this.#divided > 0 ? [`In ${formatCount(this.#divided, 'row')}, softmax was divided by its sum.`] : []),
      ],
    };
  }
}

const twice = (model: string, image: number, where: string): UserError =>
  refusal(
    `Model ${quote(model)} answers twice for image ${image}`,
    where,
    'Keep one row for each model and image, or choose the column with the model.',
  );

async function readRows(file: TableFile, mapping: AnswersMapping, set: StimulusSetRecord) {
  const { name } = file;
  const known = knownAnswers(mapping);
  if (mapping.image === null) throw noColumn('image', name);
  if (mapping.label === null && known !== 'softmax') throw noColumn('label', name);
  const builder = new AnswersBuilder(name, set, known, mapping.normalise);
  const unknown = new UnknownImages();
  await readTable(file, set.hash, (names, decimalComma = false) =>
    rowHandler({ path: name, names, decimalComma }, mapping, set, { builder, unknown }),
  );
  return builder.finish(unknown.found);
}

const noColumn = (what: 'image' | 'label', file: string): UserError =>
  refusal(
    `No column is chosen for the ${what}`,
    file,
    what === 'image'
      ? 'Choose the column with the ids of images.'
      : 'Choose the column with labels, or a column of softmax for each class.',
  );

function rowHandler(
  header: CsvHeader,
  mapping: AnswersMapping,
  set: StimulusSetRecord,
  into: { builder: AnswersBuilder; unknown: UnknownImages },
): TakeRow {
  const { classes } = set;
  const file = header.path;
  const read = new CellReader(header);
  const checkImage = imageCheck(header.names, set);
  const at = (column: string | null): number => {
    const place = header.names.indexOf(column ?? '');
    if (column === null || place >= 0) return place;
    throw refusal(`The table has no column ${quote(column)}`, file, 'Choose one of the columns of the table.');
  };
  const [image, model, label] = [at(mapping.image), at(mapping.model), at(mapping.label)];
  const columns = mapping.softmax ?? (mapping.confidence === null ? [] : [mapping.confidence]);
  if (mapping.softmax !== null && new Set(columns).size !== classes.length) {
    const what = `There are ${new Set(columns).size} columns of softmax for ${classes.length} classes`;
    throw refusal(what, file, 'Choose a column of its own for each class.');
  }
  const places = columns.map(at);
  const values = new Float64Array(places.length);
  const aside = new Set(mapping.aside);
  let row = 0;
  return (cells, where, line = row + 1) => {
    row += 1;
    const name = aside.size === 0 ? '' : (cells[model] ?? '').trim();
    if (aside.has(name)) return into.builder.addAside(name);
    const place = into.builder.place(cells[image] ?? '');
    if (place === undefined) return into.unknown.add(cells[image] ?? '');
    checkImage(cells, set.images[place]?.id ?? 0, where);
    places.forEach((column, k) => (values[k] = read.decimal(cells[column] ?? '', line, columns[k] ?? '', 0, 1)));
    const given = label < 0 ? null : classOf(cells[label] ?? '', mapping, classes, where);
    into.builder.add(model < 0 ? mapping.name : (cells[model] ?? ''), place, given, values, where);
  };
}

function classOf(cell: string, { classes }: AnswersMapping, names: readonly string[], where: () => string): number {
  const found = Object.hasOwn(classes, cell) ? classes[cell] : undefined;
  if (found !== undefined && found < names.length) return found;
  throw refusal(`The label ${quote(cell)} has no class`, where(), 'Choose the class that this label means.');
}

/** @throws UserError `outside.table`, `data-set.npy-*` */
function openArray({ path, name }: TableFile): NpyNumbers {
  const { size } = statSync(path);
  if (size >= largest.csv)
    throw refusal(`The file is larger than ${largest.csv / 1e6} MB`, name, 'Save fewer models, or float32 values.');
  return readNpyNumbers(readFileSync(path), name);
}

interface ArrayLayout {
  models: number;
  /** Softmax, or labels. */
  known: 'labels' | 'softmax';
}

/** @throws UserError `outside.table` if an array is not [models, images, classes] of softmax or [models, images] of labels */
function arrayLayout(
  { shape, isWhole }: NpyNumbers,
  file: string,
  { images, classes }: StimulusSetRecord,
): ArrayLayout {
  const own = isWhole ? [images.length] : [images.length, classes.length];
  const extra = shape.length - own.length;
  const fits = (extra === 0 || extra === 1) && own.every((side, axis) => shape[axis + extra] === side);
  if (fits && (extra === 0 || (shape[0] ?? 0) > 0))
    return { models: extra === 0 ? 1 : (shape[0] ?? 0), known: isWhole ? 'labels' : 'softmax' };
  throw refusal(
    `This array has the shape (${shape.join(', ')}) of ${isWhole ? 'whole numbers' : 'floats'}`,
    file,
    `Save softmax as floats of shape (${images.length}, ${classes.length}) or (models, ${images.length}, ${classes.length}), or labels as whole numbers of shape (${images.length}) or (models, ${images.length}); images in the order of their ids.`,
  );
}

const namesInArray = (models: number, name: string): string[] =>
  models === 1 ? [name] : Array.from({ length: models }, (_, at) => `${name} ${at + 1}`);

function previewArray(file: TableFile, set: StimulusSetRecord, wanted: WantedMapping): AnswersPreview {
  const array = openArray(file);
  const { models, known } = arrayLayout(array, file.name, set);
  const [count, k] = [set.images.length, set.classes.length];
  let notOne = 0;
  if (known === 'softmax') {
    for (let row = 0; row < models * count; row++) {
      let sum = 0;
      for (let at = row * k; at < (row + 1) * k; at++) sum += array.at(at);
      if (!(Math.abs(sum - 1) <= sumTolerance)) notOne += 1;
    }
  }
  const guess: AnswersMapping = {
    image: null,
    model: null,
    name: wanted.name ?? modelName(file.name),
    label: null,
    classes: {},
    confidence: null,
    softmax: null,
    normalise: wanted.normalise ?? false,
  };
  return {
    name: file.name,
    format: 'npy',
    columns: [],
    sample: [],
    shape: [...array.shape],
    rows: models * count,
    guess,
    models: namesInArray(models, guess.name).slice(0, most.listed),
    labels: [],
    notOne,
    unknown: { rows: 0, examples: [] },
    aside: [],
  };
}

function readArray(file: TableFile, { name, normalise }: AnswersMapping, set: StimulusSetRecord): ReadAnswers {
  const array = openArray(file);
  const { models, known } = arrayLayout(array, file.name, set);
  const [count, k] = [set.images.length, set.classes.length];
  const builder = new AnswersBuilder(file.name, set, known, normalise);
  const values = new Float64Array(known === 'softmax' ? k : 0);
  for (const [m, own] of namesInArray(models, name).entries()) {
    for (let image = 0; image < count; image++) {
      const row = m * count + image;
      const where = (): string => `${file.name}, model ${m + 1}, image ${set.images[image]?.id}`;
      for (let at = 0; at < values.length; at++) {
        const value = array.at(row * k + at);
        if (value >= 0 && value <= 1) values[at] = value;
        else throw refusal(`A softmax value is ${value}`, where(), 'Save probabilities from 0 to 1, not logits.');
      }
      builder.add(own, image, known === 'labels' ? labelIn(array.at(row), k, where) : null, values, where);
    }
  }
  return builder.finish({ rows: 0, examples: [] });
}

function labelIn(value: number, classes: number, where: () => string): number {
  if (value >= 0 && value < classes) return value;
  throw refusal(`The label ${value} is no class`, where(), `Labels are indexes of classes, 0 to ${classes - 1}.`);
}
