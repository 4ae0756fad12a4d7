import { join } from 'node:path';
import { type ReportChoice, wholeReport } from '../../contract/api/report.ts';
import { within, withinSync } from '../../files/below.ts';
import { manifestHead } from '../../reports/bundle.ts';
import { reportFiles, writeReport } from '../../reports/write.ts';
import { reportFolder, type Workbench } from '../workbench/workbench.ts';
import { loadResults } from '../results/contributed-results.ts';
import { buildReport } from './build.ts';
import { packReport, spreadReport } from './pack.ts';
import { browserPrinter, type Printer } from '../tools/printer.ts';

/**
 * Writes the report of a study as it stands: the page, and the tables that it was made from.
 * @param folder null: `<data>/studies/<name>/report`.
 * @returns the path of its `index.html`.
 * @throws UserError `study.not-found`, `report.*`, `file.*`
 */
export async function writeStudyReport(
  workbench: Workbench,
  studyName: string,
  folder: string | null,
  choice: ReportChoice = wholeReport,
): Promise<string> {
  const data = buildReport(workbench, studyName, choice, await loadResults(workbench.resultModules));
  if (folder !== null) return writeReport(folder, data, choice);
  const { folder: root } = workbench.storage;
  const own = reportFolder(root, studyName);
  withinSync(root, own, (held) => writeReport(held, data, choice), { make: true });
  return join(own, 'index.html');
}

/**
 * Writes every format of a choice: into one archive, or into a folder (null: as above).
 * @returns the path of the archive or of `index.html`, and what could not be made.
 * @throws UserError as above
 */
export async function writeChosenReport(
  workbench: Workbench,
  studyName: string,
  choice: ReportChoice,
  where: { archive: string | null; folder: string | null },
  printer: Printer = browserPrinter(),
): Promise<{ path: string; leftOut: string[] }> {
  const data = buildReport(workbench, studyName, choice, await loadResults(workbench.resultModules));
  const pieces = { head: manifestHead(data, choice), ...reportFiles(data, choice) };
  const { signal } = new AbortController();
  if (where.archive !== null) {
    const { leftOut } = await packReport(where.archive, pieces, printer, signal);
    return { path: where.archive, leftOut };
  }
  const spread = (folder: string) => spreadReport(folder, pieces, printer, signal);
  const { folder: root } = workbench.storage;
  const own = reportFolder(root, studyName);
  const { leftOut } = await (where.folder === null ? within(root, own, spread, { make: true }) : spread(where.folder));
  return { path: join(where.folder ?? own, 'index.html'), leftOut };
}
