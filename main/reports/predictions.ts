import { predictionsCsv } from '../files/tables/predictions-csv.ts';
import { formatInteger } from '../domain/format.ts';
import type { ReportData } from '../exhibits/report-data.ts';

/** Softmax values that a report writes out: about half a gigabyte of text, which archives and spreadsheets still take. */
const mostPredictions = 20_000_000;

/** Why a report of so many snapshots, images and classes is without predictions.csv; null: it has one. */
export function predictionsTooMany(networks: number, images: number, classes: number): string | null {
  const values = networks * images * classes;
  if (values <= mostPredictions) return null;
  return `predictions.csv: ${formatInteger(networks)} snapshots on ${formatInteger(images)} images have ${formatInteger(values)} softmax values, and a report holds at most ${formatInteger(mostPredictions)}. \`boundary predictions export\` writes them to a file by themselves.`;
}

export const predictionsLeftOut = ({ predictions, stimuli, dataSet }: ReportData): string | null =>
  predictionsTooMany(predictions.length, stimuli.items.length, dataSet.classes.length);

/** predictions.csv of a report: every snapshot on every stimulus. @throws UserError `csv.formula` */
export function predictionsFile({ predictions, stimuli, dataSet }: ReportData): Buffer {
  const images = stimuli.items.length;
  const classes = dataSet.classes.length;
  const labels = new Int32Array(predictions.length * images);
  const softmax = new Float32Array(labels.length * classes);
  for (const [model, prediction] of predictions.entries()) {
    labels.set(prediction.labels, model * images);
    softmax.set(prediction.softmax, model * images * classes);
  }
  return predictionsCsv('predictions.csv', {
    images: stimuli.items,
    classes,
    models: predictions.map(({ model, ...described }) => ({ name: model, ...described })),
    labels,
    softmax,
  });
}
