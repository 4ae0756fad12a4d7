import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ReportChoice, wholeReport } from '../contract/api/report.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { type BundleFile, reportBundle } from './bundle.ts';
import { pointsLeftOut } from '../exhibits/all.ts';
import { narrowed, reportView } from '../exhibits/view.ts';
import { groupPredictions, predictionFiles, predictionsLeftOut } from './predictions.ts';
import { renderReport } from './render.ts';
import type { ReportData } from '../exhibits/report-data.ts';
import { humansCsv, modelsCsv, tablesJson } from './tables.ts';

/** The data that a kept report was made from. */
const makers: Readonly<Record<string, (data: ReportData) => Uint8Array>> = {
  'humans.csv': (data) => Buffer.from(humansCsv(data), 'utf8'),
  'models.csv': (data) => Buffer.from(modelsCsv(data), 'utf8'),
  'tables.json': (data) => Buffer.from(tablesJson(data), 'utf8'),
};

const predictionNames = ['predictions.csv', groupPredictions];

/**
 * What is kept of a report beside its study: `index.html`, and the data that it was made from, those of the chosen targets.
 * The page comes last, so that a new page never stands beside old numbers.
 * @param made what was made of the same data already, the page among it.
 * @throws UserError `csv.formula`, see `predictionsCsv`.
 */
export function keptFiles(whole: ReportData, choice: ReportChoice, made: readonly BundleFile[]): BundleFile[] {
  const data = narrowed(whole, choice.targets);
  const find = (wanted: string): BundleFile[] => made.filter(({ name }) => name === wanted).slice(0, 1);
  const tables = Object.entries(makers).map(([name, make]) => find(name)[0] ?? { name, bytes: make(data) });
  const known = predictionNames.flatMap(find);
  return [...(known.length > 0 ? known : predictionFiles(data)), ...tables, ...find('index.html')];
}

/** Takes away what an earlier report kept in a folder and this one has not: no new page stands beside old numbers. */
export function dropOthers(folder: string, kept: readonly string[]): void {
  const names = [...predictionNames, ...Object.keys(makers)].filter((name) => !kept.includes(name));
  for (const path of names.map((name) => join(folder, name))) if (existsSync(path)) rmSync(path);
}

/**
 * Writes what is kept of a report into a folder. Each file is replaced as a whole.
 * @returns the path of `index.html`.
 * @throws UserError `file.*` when the folder cannot be written; `csv.formula`, see `predictionsCsv`.
 */
export function writeReport(folder: string, data: ReportData, choice: ReportChoice = wholeReport): string {
  const page = { name: 'index.html', bytes: Buffer.from(renderReport(data, choice), 'utf8') };
  const kept = keptFiles(data, choice, [page]);
  dropOthers(
    folder,
    kept.map(({ name }) => name),
  );
  for (const { name, bytes } of kept) writeFileAtomic(join(folder, name), bytes);
  return join(folder, 'index.html');
}

/** All files of a choice, the predictions too, and what was asked for and is too large. @throws UserError `csv.formula` */
export function reportFiles(whole: ReportData, choice: ReportChoice): { files: BundleFile[]; leftOut: string[] } {
  const data = narrowed(whole, choice.targets);
  const files = reportBundle(whole, choice);
  const leftOut = pointsLeftOut(reportView(whole, choice));
  if (!choice.formats.includes('csv')) return { files, leftOut };
  const tooLarge = predictionsLeftOut(data);
  if (tooLarge !== null) return { files, leftOut: [...leftOut, tooLarge] };
  return { files: [...files, ...predictionFiles(data)], leftOut };
}
