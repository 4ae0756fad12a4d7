import { groupBy } from '../../analysis/order.ts';
import { CellReader } from './cells.ts';
import type { CsvHeader, RowHandler } from './csv-reader.ts';
import { LabelColumns, noRow } from './label-columns.ts';
import { ModelRegister, type RegisteredModel } from './model-register.ts';
import { placeColumns } from './predictions-columns.ts';
import type { PredictionsTable } from './predictions-table.ts';
import { ArgmaxCheck, readSoftmax, SoftmaxColumns } from './softmax-columns.ts';
import { rowOf, tableError, type TableWarning } from './table-errors.ts';

/** Collects the rows of a predictions.csv; `finish` judges them as a whole. */
export class PredictionsBuilder {
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
    const places = placeColumns(header);
    const classes = places.softmax.length;
    const read = new CellReader(header);
    const models = new ModelRegister(header.path, read, places);
    const values = new Float64Array(classes);
    this.#classes = classes;
    this.#softmax = new SoftmaxColumns(classes);
    this.#models = models;
    return (cells, line) => {
      const image = read.integer(cells[places.image]!, line, 'image', 0, Number.MAX_SAFE_INTEGER);
      const model = models.find(cells, line);
      const label = read.integer(cells[places.label]!, line, 'label', 0, classes - 1, 'predictions.label-out-of-range');
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

  /** By group: why it is rejected, and the row to look at (SPEC 0: exactly one row for each model and image). */
  #rejections(all: readonly RegisteredModel[]): Map<string, { why: string; line: number }> {
    const rejections = new Map<string, { why: string; line: number }>();
    for (const [group, models] of groupBy(all, (model) => model.group)) {
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
      where: rowOf(this.#path, line),
    }));
  }
}
