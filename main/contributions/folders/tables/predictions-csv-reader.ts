import { at, formatCount, isAccuracy, parseTarget, targetTitle } from '../../../domain/numbers/index.ts';
import type { ModelInput } from '../../../analysis/outcomes/index.ts';
import { readCsv } from '../../../files/tables/reading/index.ts';
import {
  CellReader,
  type CsvHeader,
  predictionsColumns,
  quote,
  requireColumns,
  type RowHandler,
  rowLocation,
  tableError,
  type TableWarning,
} from '../../../files/tables/index.ts';
import { maxClasses } from '../../answers/tables/humans-csv.ts';
import { LabelColumns, noRow } from './label-columns.ts';
import type { Target } from '../../../contract/recipes/index.ts';

/** A predictions.csv, images and models in the order in which they first came; complete groups only. */
export interface PredictionsTable {
  readonly path: string;
  /** K, from the columns p0 to p(K-1). */
  readonly classes: number;
  /**
   * `row`: where the image is first named. `everywhere`: each model in the file has it, those of rejected groups
   * included.
   */
  readonly images: readonly { readonly id: number; readonly row: number; readonly everywhere: boolean }[];
  readonly models: readonly ModelInput[];
  /** `[model][image]`. */
  readonly labels: Int16Array;
  /** `[model][image][k]`, as in the file, never renormalized. */
  readonly softmax: Float64Array;
  readonly warnings: readonly TableWarning[];
}

/**
 * Reads a predictions.csv: label and all K softmax values, one row for each model and image (metrics.md 0). A group in
 * which a model lacks a row or has one twice is left out, with a warning. A label that is not the largest softmax value
 * is kept, with a warning.
 * @throws UserError `csv.*`, `predictions.*` or `file.*`, naming file, row and remedy
 */
export async function readPredictionsCsv(path: string): Promise<PredictionsTable> {
  const builder = new PredictionsBuilder(path);
  await readCsv(path, (header) => builder.start(header));
  return builder.finish();
}

/** Positions of the columns of a predictions.csv. */
interface PredictionsColumns {
  readonly image: number;
  readonly model: number;
  readonly architecture: number;
  readonly target: number;
  readonly repeat: number;
  readonly seed: number;
  readonly label: number;
  /** Columns p0 to p(K-1). */
  readonly softmax: readonly number[];
}

/**
 * Finds the columns; K is the number of columns named p and a number.
 * @throws UserError `csv.missing-columns` or `predictions.classes`.
 */
function findColumns(header: CsvHeader): PredictionsColumns {
  const [image, model, architecture, target, repeat, seed, label] = requireColumns(header, predictionsColumns);
  const classes = header.names.filter((name) => /^p\d+$/.test(name)).length;
  if (classes < 2 || classes > maxClasses) {
    const what = `There are ${classes} columns of softmax values`;
    const remedy = `Name one column a class, p0, p1, ...: 2 to ${maxClasses}.`;
    throw tableError(header.path, 1, 'predictions.classes', what, remedy);
  }
  const softmax = requireColumns(
    header,
    Array.from({ length: classes }, (_, k) => `p${k}`),
  );
  return {
    image: image!,
    model: model!,
    architecture: architecture!,
    target: target!,
    repeat: repeat!,
    seed: seed!,
    label: label!,
    softmax,
  };
}

/** A model of a file, the group that it belongs to, and the row that named it first. */
interface RegisteredModel {
  readonly index: number;
  readonly model: ModelInput;
  /** In words, and the same for all models of a group. */
  readonly group: string;
  readonly line: number;
}

/**
 * The models of a predictions.csv. A model is known by its name within its group (metrics.md 0): target, for rows
 * without a repeat; architecture, target and repeat for the others. So "CNN1" may be there at several targets.
 */
class ModelRegister {
  readonly #path: string;
  readonly #read: CellReader;
  readonly #places: PredictionsColumns;
  readonly #byCells = new Map<string, RegisteredModel>();
  readonly #byGroupAndName = new Map<string, RegisteredModel>();

  constructor(path: string, read: CellReader, places: PredictionsColumns) {
    this.#path = path;
    this.#read = read;
    this.#places = places;
  }

  get all(): RegisteredModel[] {
    return [...this.#byGroupAndName.values()];
  }

  /**
   * The model of a row; registered if it is new.
   * @throws UserError `csv.*`, or `predictions.inconsistent-model` if it had another architecture or seed before.
   */
  find(cells: readonly string[], line: number): RegisteredModel {
    const { model, architecture, target, repeat, seed } = this.#places;
    const key = [model, architecture, target, repeat, seed].map((place) => cells[place]).join('\0');
    let found = this.#byCells.get(key);
    if (!found) {
      found = this.#register(this.#readModel(cells, line), line);
      this.#byCells.set(key, found);
    }
    return found;
  }

  #readModel(cells: readonly string[], line: number): ModelInput {
    const { model, architecture, target, repeat, seed } = this.#places;
    const integerOrNull = (cell: string, column: string): number | null =>
      cell.trim() === '' ? null : this.#read.integer(cell, line, column, 0, 0xffff_ffff);
    return {
      name: this.#read.name(at(cells, model), line, 'model'),
      architecture: this.#read.name(at(cells, architecture), line, 'architecture'),
      target: this.#readTarget(at(cells, target), line),
      repeat: integerOrNull(at(cells, repeat), 'repeat'),
      seed: integerOrNull(at(cells, seed), 'seed'),
    };
  }

  /** An accuracy in percent, or another stop rule as in a recipe, e.g. `epochs 10`. */
  #readTarget(cell: string, line: number): Target {
    const target = parseTarget(cell.trim());
    return target !== null && !isAccuracy(target) ? target : this.#read.decimal(cell, line, 'target_accuracy', 0, 100);
  }

  #register(model: ModelInput, line: number): RegisteredModel {
    const group = describeGroup(model);
    const key = `${group}\0${model.name}`;
    const known = this.#byGroupAndName.get(key);
    if (!known) {
      const registered = { index: this.#byGroupAndName.size, model, group, line };
      this.#byGroupAndName.set(key, registered);
      return registered;
    }
    if (known.model.architecture === model.architecture && known.model.seed === model.seed) return known;
    const what = `Model ${quote(model.name)} has a different architecture or seed in row ${known.line}`;
    const remedy = 'Give a model the same architecture and seed in every row, and different models different names.';
    throw tableError(this.#path, line, 'predictions.inconsistent-model', what, remedy);
  }
}

function describeGroup({ architecture, target, repeat }: ModelInput): string {
  if (repeat === null) return `diverse group at ${targetTitle(target ?? '')}`;
  return `seed group ${architecture} at ${targetTitle(target ?? '')}, repeat ${repeat}`;
}

/** Most softmax values that are held: 1 GiB. */
const maxValues = 2 ** 27;
/** How far a row's sum may be from 1 (metrics.md 0); the slack is for the rounding of the sum itself. */
const sumTolerance = 1e-4 + 1e-12;

/** Softmax values as they come from a file: a growing column for each model, a row of `classes` values an image. */
class SoftmaxColumns {
  readonly #classes: number;
  readonly #columns: Float64Array[] = [];

  constructor(classes: number) {
    this.#classes = classes;
  }

  static tooLarge(images: number, models: number, classes: number): boolean {
    return images * models * classes > maxValues;
  }

  set(model: number, image: number, values: Float64Array): void {
    const at = image * this.#classes;
    let column = this.#columns[model] ?? new Float64Array(0);
    if (at + this.#classes > column.length) {
      const grown = new Float64Array(Math.max(64, 2 * column.length, at + this.#classes));
      grown.set(column);
      column = this.#columns[model] = grown;
    }
    column.set(values, at);
  }

  /** `[model][image][k]` of these models. Each column is freed once it is copied. */
  release(models: readonly number[], images: number): Float64Array {
    const length = images * this.#classes;
    const all = new Float64Array(models.length * length);
    models.forEach((model, row) => {
      all.set(this.#columns[model]!.subarray(0, length), row * length);
      this.#columns[model] = new Float64Array(0);
    });
    return all;
  }
}

/**
 * Reads a row's softmax values into `values`, as they are.
 * @throws UserError `csv.*`, or `predictions.softmax-sum` if |sum - 1| > 1e-4.
 */
export function readSoftmax(
  path: string,
  read: CellReader,
  cells: readonly string[],
  line: number,
  places: readonly number[],
  values: Float64Array,
): void {
  let sum = 0;
  for (let k = 0; k < places.length; k++) {
    const value = read.decimal(cells[places[k]!]!, line, `p${k}`, 0, 1);
    values[k] = value;
    sum += value;
  }
  if (Math.abs(sum - 1) <= sumTolerance) return;
  const what = `The softmax values sum to ${Number(sum.toPrecision(7))}, not to 1`;
  const remedy = 'Write all K probabilities with at least 6 decimals; logits must go through softmax first.';
  throw tableError(path, line, 'predictions.softmax-sum', what, remedy);
}

/** Counts the rows whose label is not the class of the largest softmax value (the lowest in a tie; metrics.md 0). */
class ArgmaxCheck {
  readonly #path: string;
  #rows = 0;
  #firstLine = 0;

  constructor(path: string) {
    this.#path = path;
  }

  check(label: number, values: Float64Array, line: number): void {
    let argmax = 0;
    for (let k = 1; k < values.length; k++) if (values[k]! > values[argmax]!) argmax = k;
    if (label === argmax) return;
    if (this.#rows === 0) this.#firstLine = line;
    this.#rows++;
  }

  /** One for all rows; none if every label is the argmax. */
  warnings(): TableWarning[] {
    if (this.#rows === 0) return [];
    const message = `In ${formatCount(this.#rows, 'row')}, the label is not the class of the largest softmax value; the label counts`;
    return [{ code: 'predictions.not-argmax', message, where: rowLocation(this.#path, this.#firstLine) }];
  }
}

/** Collects the rows of a predictions.csv; `finish` checks that groups are complete. */
class PredictionsBuilder {
  readonly #path: string;
  readonly #labels = new LabelColumns();
  readonly #images = new Map<number, { index: number; line: number }>();
  /** By group: its first row that repeats a model and image. */
  readonly #repeated = new Map<string, { model: string; image: number; line: number }>();
  readonly #argmax: ArgmaxCheck;
  #softmax = new SoftmaxColumns(0);
  #models: ModelRegister | undefined;
  #classes = 0;

  constructor(path: string) {
    this.#path = path;
    this.#argmax = new ArgmaxCheck(path);
  }

  start(header: CsvHeader): RowHandler {
    const places = findColumns(header);
    const classes = places.softmax.length;
    const read = new CellReader(header);
    const models = new ModelRegister(header.path, read, places);
    const values = new Float64Array(classes);
    this.#classes = classes;
    this.#softmax = new SoftmaxColumns(classes);
    this.#models = models;
    return (cells, line) => {
      const image = read.integer(at(cells, places.image), line, 'image', 0, Number.MAX_SAFE_INTEGER);
      const model = models.find(cells, line);
      const label = read.integer(
        at(cells, places.label),
        line,
        'label',
        0,
        classes - 1,
        'predictions.label-out-of-range',
      );
      readSoftmax(this.#path, read, cells, line, places.softmax, values);
      this.#argmax.check(label, values, line);
      this.#add(model, image, label, values, line);
    };
  }

  #add(model: RegisteredModel, image: number, label: number, values: Float64Array, line: number): void {
    if (model.index === this.#labels.raters) this.#labels.addRater();
    let known = this.#images.get(image);
    if (!known) {
      known = { index: this.#images.size, line };
      this.#images.set(image, known);
    }
    this.#checkSize(line);
    if (this.#labels.set(model.index, known.index, label)) this.#softmax.set(model.index, known.index, values);
    else if (!this.#repeated.has(model.group))
      this.#repeated.set(model.group, { model: model.model.name, image, line });
  }

  #checkSize(line: number): void {
    const images = this.#images.size;
    const models = this.#labels.raters;
    if (!LabelColumns.tooLarge(images, models) && !SoftmaxColumns.tooLarge(images, models, this.#classes)) return;
    const what = `${images} images times ${models} models times ${this.#classes} classes are more than fit`;
    throw tableError(this.#path, line, 'csv.too-large', what, 'Check the columns image and model, or split the file.');
  }

  /** @throws UserError `csv.no-rows`, or `predictions.no-complete-group` if every group had to be rejected. */
  finish(): PredictionsTable {
    const all = this.#models?.all ?? [];
    if (all.length === 0) {
      throw tableError(
        this.#path,
        null,
        'csv.no-rows',
        'There is a header but no row',
        'Choose a file with predictions.',
      );
    }
    const rejections = this.#rejections(all);
    const kept = all.filter(({ group }) => !rejections.has(group));
    if (kept.length === 0) {
      const [first] = rejections.values();
      const remedy = 'Give every model of a group exactly one row for each image of the file.';
      throw tableError(
        this.#path,
        first!.line,
        'predictions.no-complete-group',
        `No group is complete: ${first!.why}`,
        remedy,
      );
    }
    const indices = kept.map(({ index }) => index);
    return {
      path: this.#path,
      classes: this.#classes,
      images: [...this.#images].map(([id, { index, line }]) => ({
        id,
        row: line,
        everywhere: all.every((model) => this.#labels.at(model.index, index) !== noRow),
      })),
      models: kept.map(({ model }) => model),
      labels: this.#labels.matrix(indices, this.#images.size),
      softmax: this.#softmax.release(indices, this.#images.size),
      warnings: [...this.#rejectionWarnings(rejections), ...this.#argmax.warnings()],
    };
  }

  /** By group: why it is rejected, and the row concerned (metrics.md 0: exactly one row for each model and image). */
  #rejections(all: readonly RegisteredModel[]): Map<string, { why: string; line: number }> {
    const rejections = new Map<string, { why: string; line: number }>();
    for (const [group, models] of Map.groupBy(all, (model) => model.group)) {
      const repeated = this.#repeated.get(group);
      const absent = repeated ? undefined : this.#firstAbsent(models);
      if (repeated) {
        const why = `${group}: model ${repeated.model} has a second row for image ${repeated.image}`;
        rejections.set(group, { why, line: repeated.line });
      } else if (absent) {
        const why = `${group}: model ${absent.model.model.name} has no row for image ${absent.image}`;
        rejections.set(group, { why, line: absent.model.line });
      }
    }
    return rejections;
  }

  #firstAbsent(models: readonly RegisteredModel[]): { model: RegisteredModel; image: number } | undefined {
    for (const model of models) {
      for (const [image, { index }] of this.#images) {
        if (this.#labels.at(model.index, index) === noRow) return { model, image };
      }
    }
    return undefined;
  }

  #rejectionWarnings(rejections: ReadonlyMap<string, { why: string; line: number }>): TableWarning[] {
    return [...rejections.values()].map(({ why, line }) => ({
      code: 'predictions.group-rejected',
      message: `A group is left out, because it is not complete: ${why}`,
      where: rowLocation(this.#path, line),
    }));
  }
}
