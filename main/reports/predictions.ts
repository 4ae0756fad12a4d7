import { predictionsCsv } from '../files/tables/write-predictions.ts';
import type { ReportData } from './report-data.ts';

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
    imageIds: stimuli.items.map((item) => item.id),
    classes,
    models: predictions.map(({ model, ...described }) => ({ name: model, ...described })),
    labels,
    softmax,
  });
}
