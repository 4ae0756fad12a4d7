import { at } from '../../domain/numbers/arrays.ts';
import { hasTruth } from '../../domain/stimuli/stimulus-set.ts';
import type { ModelInput } from '../../analysis/outcomes/input.ts';
import { writePartsAtomic } from '../atomic.ts';
import { formatCsv, refuseFormula } from './csv-writer.ts';

/** An optional last column: the class that the image shows in truth. */
const truthColumn = 'truth';

/** Columns of a predictions.csv before p0 to p(K-1). */
export const predictionsColumns = [
  'image',
  'model',
  'architecture',
  'target_accuracy',
  'repeat',
  'seed',
  'label',
] as const;

/** Predictions of snapshots on one stimulus set. */
interface PredictionsToWrite {
  readonly images: readonly { readonly id: number; readonly truth?: number | null | undefined }[];
  readonly classes: number;
  readonly models: readonly ModelInput[];
  /** `[model][image]`. */
  readonly labels: ArrayLike<number>;
  /** `[model][image][k]`. */
  readonly softmax: Float32Array | Float64Array;
}

/** Writes a predictions.csv, completely or not at all: see `predictionsCsv`. */
export function writePredictionsCsv(path: string, predictions: PredictionsToWrite): void {
  refuseFormulas(path, predictions);
  writePartsAtomic(path, formatParts(predictions));
}

/**
 * A predictions.csv in the layout of metrics.md 0; UTF-8, LF. Softmax values have all their digits, so that the file
 * gives the same analysis as the values themselves. The last column, `truth`, has the true class where any image's is
 * known; readers take it from humans.csv.
 * @param path for messages
 * @throws UserError `csv.formula` for a name that a spreadsheet would run
 */
export function predictionsCsv(path: string, predictions: PredictionsToWrite): Buffer {
  refuseFormulas(path, predictions);
  return Buffer.concat([...formatParts(predictions)]);
}

function refuseFormulas(path: string, { models }: PredictionsToWrite): void {
  for (const { name, architecture } of models) for (const cell of [name, architecture]) refuseFormula(path, cell);
}

/** The header, and the rows of each model. */
function* formatParts(predictions: PredictionsToWrite): Generator<Buffer> {
  const { classes, models } = predictions;
  const header: string[] = [...predictionsColumns, ...Array.from({ length: classes }, (_, k) => `p${k}`)];
  if (hasTruth(predictions.images)) header.push(truthColumn);
  yield Buffer.from(formatCsv([header]));
  for (const model of models.keys()) yield Buffer.from(formatCsv(modelRows(predictions, model)));
}

function modelRows({ images, classes, models, labels, softmax }: PredictionsToWrite, model: number): string[][] {
  const { name, architecture, target, repeat, seed } = at(models, model);
  const described = [name, architecture, String(target), String(repeat ?? ''), String(seed ?? '')];
  const withTruth = hasTruth(images);
  return images.map(({ id, truth }, image) => {
    const row = model * images.length + image;
    const values = softmax.subarray(row * classes, (row + 1) * classes);
    return [
      String(id),
      ...described,
      String(labels[row]),
      ...Array.from(values, String),
      ...(withTruth ? [String(truth ?? '')] : []),
    ];
  });
}
