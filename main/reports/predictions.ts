import { predictionsCsv } from '../files/tables/predictions-csv.ts';
import { formatInteger } from '../domain/numbers/format.ts';
import type { ReportData } from '../exhibits/report-data.ts';
import type { BundleFile } from './bundle.ts';

/** Softmax values that a report writes out: about half a gigabyte of text, which archives and spreadsheets still take. */
const mostPredictions = 20_000_000;

/** Why a report of so many snapshots, images and classes is without predictions.csv; null: it has one. */
export function predictionsTooMany(networks: number, images: number, classes: number): string | null {
  const values = networks * images * classes;
  if (values <= mostPredictions) return null;
  return `predictions.csv: ${formatInteger(networks)} snapshots on ${formatInteger(images)} images have ${formatInteger(values)} softmax values, and a report holds at most ${formatInteger(mostPredictions)}. \`boundary predictions export\` writes them to a file by themselves.`;
}

/** Why predictions are left out, or null. Groups of their own count too, read or not. */
export function predictionsLeftOut({ predictions, ownGroups = [], stimuli, dataSet }: ReportData): string | null {
  const apart = ownGroups.flatMap(({ recipes }) => recipes.map(({ models }) => models.length));
  const networks = apart.reduce((sum, count) => sum + count, predictions.length);
  return predictionsTooMany(networks, stimuli.items.length, dataSet.classes.length);
}

/** Files of predictions of a report, all in the layout of predictions.csv: none where these are too many. @throws UserError `csv.formula` */
export function predictionFiles(data: ReportData): BundleFile[] {
  if (predictionsLeftOut(data) !== null) return [];
  const apart = (data.ownGroups ?? []).flatMap((group) => group.predictions);
  return [
    { name: 'predictions.csv', bytes: predictionsFile(data, data.predictions) },
    // By itself: whoever reads predictions.csv takes all of its networks for one set.
    ...(apart.length > 0 ? [{ name: groupPredictions, bytes: predictionsFile(data, apart) }] : []),
  ];
}

/** Predictions of networks in groups of their own. */
export const groupPredictions = 'group-predictions.csv';

/** Snapshots on every stimulus. @throws UserError `csv.formula` */
export function predictionsFile(
  { stimuli, dataSet }: Pick<ReportData, 'stimuli' | 'dataSet'>,
  predictions: ReportData['predictions'],
): Buffer {
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
