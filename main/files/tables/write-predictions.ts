import { stringify } from 'csv-stringify/sync';
import type { ModelInput } from '../../analysis/input.ts';
import { writePartsAtomic } from '../atomic.ts';
import { predictionsColumns } from './predictions-columns.ts';
import { refuseFormula } from './formula.ts';

/** Predictions of snapshots on one stimulus set. */
export interface PredictionsToWrite {
  readonly imageIds: readonly number[];
  readonly classes: number;
  readonly models: readonly ModelInput[];
  /** `[model][image]`. */
  readonly labels: ArrayLike<number>;
  /** `[model][image][k]`. */
  readonly softmax: Float32Array | Float64Array;
}

/**
 * Writes a predictions.csv, whole or not at all: see `predictionsCsv`.
 * @throws UserError `csv.formula`; `file.*` if the path cannot be written.
 */
export function writePredictionsCsv(path: string, predictions: PredictionsToWrite): void {
  refuseFormulas(path, predictions);
  writePartsAtomic(path, partsOf(predictions));
}

/**
 * A predictions.csv in the layout of SPEC 0; UTF-8, LF. Softmax values have all their digits, so that the file gives
 * the same analysis as the values themselves.
 * @param path for messages
 * @throws UserError `csv.formula` for a name that a spreadsheet would run
 */
export function predictionsCsv(path: string, predictions: PredictionsToWrite): Buffer {
  refuseFormulas(path, predictions);
  return Buffer.concat([...partsOf(predictions)]);
}

function refuseFormulas(path: string, { models }: PredictionsToWrite): void {
  for (const { name, architecture } of models) for (const cell of [name, architecture]) refuseFormula(path, cell);
}

/** The header, and the rows of each model. */
function* partsOf(predictions: PredictionsToWrite): Generator<Buffer> {
  const { classes, models } = predictions;
  const header = [...predictionsColumns, ...Array.from({ length: classes }, (_, k) => `p${k}`)];
  yield Buffer.from(stringify([header]));
  for (const model of models.keys()) yield Buffer.from(stringify(rowsOfModel(predictions, model)));
}

function rowsOfModel({ imageIds, classes, models, labels, softmax }: PredictionsToWrite, model: number): string[][] {
  const { name, architecture, target, repeat, seed } = models[model]!;
  const described = [name, architecture, String(target), String(repeat ?? ''), String(seed ?? '')];
  return imageIds.map((id, image) => {
    const row = model * imageIds.length + image;
    const values = softmax.subarray(row * classes, (row + 1) * classes);
    return [String(id), ...described, String(labels[row]), ...Array.from(values, String)];
  });
}
