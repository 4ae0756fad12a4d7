import { requireColumns, type CsvHeader } from './csv-reader.ts';
import { maxClasses } from './humans-csv.ts';
import { tableError } from './table-errors.ts';

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

/** Where each column of a predictions.csv is. */
export interface PredictionsPlaces {
  readonly image: number;
  readonly model: number;
  readonly architecture: number;
  readonly target: number;
  readonly repeat: number;
  readonly seed: number;
  readonly label: number;
  /** Of p0 to p(K-1). */
  readonly softmax: readonly number[];
}

/**
 * Finds the columns; K is the number of columns named p and a number.
 * @throws UserError `csv.missing-columns` or `predictions.classes`.
 */
export function placeColumns(header: CsvHeader): PredictionsPlaces {
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
