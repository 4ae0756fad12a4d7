import type { CellReader } from './cells.ts';
import { rowOf, tableError, type TableWarning } from './table-errors.ts';

/** Most softmax values that are held: 1 GiB. */
const maxValues = 2 ** 27;
/** How far a row's sum may be from 1 (SPEC 0); the slack is for the rounding of the sum itself. */
const sumTolerance = 1e-4 + 1e-12;

/** Softmax values as they come from a file: a growing column for each model, a row of `classes` values an image. */
export class SoftmaxColumns {
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

  /** `[model][image][k]` of the models given. The columns are given up on the way, so that nothing is held twice. */
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

/** Counts the rows whose label is not the class of the largest softmax value (the lowest in a tie; SPEC 0). */
export class ArgmaxCheck {
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
    const message = `In ${this.#rows} row(s) the label is not the class of the largest softmax value; the label counts`;
    return [{ code: 'predictions.not-argmax', message, where: rowOf(this.#path, this.#firstLine) }];
  }
}
