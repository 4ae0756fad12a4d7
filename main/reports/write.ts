import { join } from 'node:path';
import { type ReportChoice, wholeReport } from '../contract/api/report.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { type BundleFile, bundleOf } from './bundle.ts';
import { predictionsFile } from './predictions.ts';
import { renderReport } from './render.ts';
import type { ReportData } from './report-data.ts';
import { humansCsv, modelsCsv, tablesJson } from './tables.ts';

/**
 * Writes the report into a folder: `index.html`, and beside it the data that it was made from. Each file is replaced
 * whole; `index.html` comes last, so that a new page never stands beside old numbers.
 * @returns the path of `index.html`.
 * @throws UserError `file.*` when the folder cannot be written; `csv.formula`, see `predictionsCsv`.
 */
export function writeReport(folder: string, data: ReportData, choice: ReportChoice = wholeReport): string {
  const page = join(folder, 'index.html');
  const html = renderReport(data, choice);
  writeFileAtomic(join(folder, 'predictions.csv'), predictionsFile(data));
  writeFileAtomic(join(folder, 'humans.csv'), humansCsv(data));
  writeFileAtomic(join(folder, 'models.csv'), modelsCsv(data));
  writeFileAtomic(join(folder, 'tables.json'), tablesJson(data));
  writeFileAtomic(page, html);
  return page;
}

/** All files of a choice, the predictions too. @throws UserError `csv.formula` */
export function reportFiles(data: ReportData, choice: ReportChoice): BundleFile[] {
  const predictions = choice.formats.includes('csv') ? [{ name: 'predictions.csv', bytes: predictionsFile(data) }] : [];
  return [...bundleOf(data, choice), ...predictions];
}
