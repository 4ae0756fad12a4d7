import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomic.ts';
import { writePredictionsCsv } from '../files/tables/write-predictions.ts';
import { renderReport } from './render.ts';
import type { ReportData } from './report-data.ts';
import { humansCsv, modelsCsv, tablesJson } from './tables.ts';

/**
 * Writes the report into a folder: `index.html`, and beside it the data that it was made from. Each file is replaced
 * whole; `index.html` comes last, so that a new page never stands beside old numbers.
 * @returns the path of `index.html`.
 * @throws UserError `file.*` when the folder cannot be written; `csv.formula`, see `writePredictionsCsv`.
 */
export function writeReport(folder: string, data: ReportData): string {
  const page = join(folder, 'index.html');
  const html = renderReport(data);
  writePredictions(join(folder, 'predictions.csv'), data);
  writeFileAtomic(join(folder, 'humans.csv'), humansCsv(data));
  writeFileAtomic(join(folder, 'models.csv'), modelsCsv(data));
  writeFileAtomic(join(folder, 'tables.json'), tablesJson(data));
  writeFileAtomic(page, html);
  return page;
}

function writePredictions(path: string, { predictions, stimuli, dataSet }: ReportData): void {
  const images = stimuli.items.length;
  const classes = dataSet.classes.length;
  const labels = new Int32Array(predictions.length * images);
  const softmax = new Float32Array(labels.length * classes);
  for (const [model, prediction] of predictions.entries()) {
    labels.set(prediction.labels, model * images);
    softmax.set(prediction.softmax, model * images * classes);
  }
  writePredictionsCsv(path, {
    imageIds: stimuli.items.map((item) => item.id),
    classes,
    models: predictions.map(({ model, ...described }) => ({ name: model, ...described })),
    labels,
    softmax,
  });
}
