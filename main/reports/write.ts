import { join } from 'node:path';
import { type ReportChoice, wholeReport } from '../contract/api/report.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { type BundleFile, bundleOf } from './bundle.ts';
import { predictionsFile } from './predictions.ts';
import { renderReport } from './render.ts';
import type { ReportData } from './report-data.ts';
import { humansCsv, modelsCsv, tablesJson } from './tables.ts';

/** The data that a kept report was made from. */
const makers: Readonly<Record<string, (data: ReportData) => Uint8Array>> = {
  'predictions.csv': predictionsFile,
  'humans.csv': (data) => Buffer.from(humansCsv(data), 'utf8'),
  'models.csv': (data) => Buffer.from(modelsCsv(data), 'utf8'),
  'tables.json': (data) => Buffer.from(tablesJson(data), 'utf8'),
};

/**
 * What is kept of a report beside its study: `index.html`, and the data that it was made from. The page comes last, so
 * that a new page never stands beside old numbers.
 * @param made what was made of the same data already, the page among it.
 * @throws UserError `csv.formula`, see `predictionsCsv`.
 */
export function keptFiles(data: ReportData, made: readonly BundleFile[]): BundleFile[] {
  const find = (wanted: string): BundleFile[] => made.filter(({ name }) => name === wanted).slice(0, 1);
  const tables = Object.entries(makers).map(([name, make]) => find(name)[0] ?? { name, bytes: make(data) });
  return [...tables, ...find('index.html')];
}

/**
 * Writes what is kept of a report into a folder. Each file is replaced whole.
 * @returns the path of `index.html`.
 * @throws UserError `file.*` when the folder cannot be written; `csv.formula`, see `predictionsCsv`.
 */
export function writeReport(folder: string, data: ReportData, choice: ReportChoice = wholeReport): string {
  const page = { name: 'index.html', bytes: Buffer.from(renderReport(data, choice), 'utf8') };
  for (const { name, bytes } of keptFiles(data, [page])) writeFileAtomic(join(folder, name), bytes);
  return join(folder, 'index.html');
}

/** All files of a choice, the predictions too. @throws UserError `csv.formula` */
export function reportFiles(data: ReportData, choice: ReportChoice): BundleFile[] {
  const predictions = choice.formats.includes('csv') ? [{ name: 'predictions.csv', bytes: predictionsFile(data) }] : [];
  return [...bundleOf(data, choice), ...predictions];
}
