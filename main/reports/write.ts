import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomic.ts';
import { renderReport } from './render.ts';
import type { ReportData } from './report-data.ts';
import { humansCsv, modelsCsv, predictionsCsv, tablesJson } from './tables.ts';

/**
 * Writes the report into a folder: `index.html`, and beside it the data that it was made from. Each file is replaced
 * whole; `index.html` comes last, so that a new page never stands beside old numbers.
 * @returns the path of `index.html`.
 * @throws UserError `file.*` when the folder cannot be written.
 */
export function writeReport(folder: string, data: ReportData): string {
  const files: [name: string, text: () => string][] = [
    ['predictions.csv', () => predictionsCsv(data)],
    ['humans.csv', () => humansCsv(data)],
    ['models.csv', () => modelsCsv(data)],
    ['tables.json', () => tablesJson(data)],
    ['index.html', () => renderReport(data)],
  ];
  for (const [name, text] of files) writeFileAtomic(join(folder, name), text());
  return join(folder, 'index.html');
}
