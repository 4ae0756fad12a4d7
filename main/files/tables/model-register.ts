import type { ModelInput } from '../../analysis/input.ts';
import type { CellReader } from './cells.ts';
import type { PredictionsPlaces } from './predictions-columns.ts';
import { quoted, tableError } from './table-errors.ts';

/** A model of a file, the group that it belongs to, and the row that named it first. */
export interface RegisteredModel {
  readonly index: number;
  readonly model: ModelInput;
  /** In words, and the same for all models of a group. */
  readonly group: string;
  readonly line: number;
}

/**
 * The models of a predictions.csv. A model is known by its name within its group (SPEC 0): target, for rows without a
 * repeat; architecture, target and repeat for the others. So "CNN1" may be there at several targets.
 */
export class ModelRegister {
  readonly #path: string;
  readonly #read: CellReader;
  readonly #places: PredictionsPlaces;
  readonly #byCells = new Map<string, RegisteredModel>();
  readonly #byGroupAndName = new Map<string, RegisteredModel>();

  constructor(path: string, read: CellReader, places: PredictionsPlaces) {
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
      name: this.#read.name(cells[model]!, line, 'model'),
      architecture: this.#read.name(cells[architecture]!, line, 'architecture'),
      target: this.#read.decimal(cells[target]!, line, 'target_accuracy', 0, 100),
      repeat: integerOrNull(cells[repeat]!, 'repeat'),
      seed: integerOrNull(cells[seed]!, 'seed'),
    };
  }

  #register(model: ModelInput, line: number): RegisteredModel {
    const group = groupOf(model);
    const key = `${group}\0${model.name}`;
    const known = this.#byGroupAndName.get(key);
    if (!known) {
      const registered = { index: this.#byGroupAndName.size, model, group, line };
      this.#byGroupAndName.set(key, registered);
      return registered;
    }
    if (known.model.architecture === model.architecture && known.model.seed === model.seed) return known;
    const what = `Model ${quoted(model.name)} has another architecture or seed here than in row ${known.line}`;
    const remedy = 'Give a model the same architecture and seed in every row, and different models different names.';
    throw tableError(this.#path, line, 'predictions.inconsistent-model', what, remedy);
  }
}

function groupOf({ architecture, target, repeat }: ModelInput): string {
  if (repeat === null) return `diverse group at ${target} %`;
  return `seed group ${architecture} at ${target} %, repeat ${repeat}`;
}
