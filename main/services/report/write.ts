import { writeReport } from '../../reports/write.ts';
import type { Workbench } from '../workbench.ts';
import { buildReport } from './build.ts';
import { reportFolder } from './places.ts';

/**
 * Writes the report of a study as it stands.
 * @param folder null: `<data>/studies/<name>/report`.
 * @returns the path of its `index.html`.
 * @throws UserError `study.not-found`, `report.*`, `file.*`
 */
export function writeStudyReport(bench: Workbench, studyName: string, folder: string | null): string {
  const data = buildReport(bench, studyName);
  return writeReport(folder ?? reportFolder(bench.storage.folder, studyName), data);
}
