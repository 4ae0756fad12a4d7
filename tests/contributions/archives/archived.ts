import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ExportFormat } from '../../../main/contributions/answers/contract/tables.ts';
import { exportArchive } from '../../../main/contributions/archives/export-archive.ts';
import { tableText } from '../../../main/contributions/answers/tables/export.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { labelAll, makeSessions } from '../desk/make-sessions.ts';
import { addStimuli, studyName } from '../../services/labeling/labeling-helper.ts';
import { openLab } from '../../services/lab/lab-helper.ts';
import type { TestLab } from '../../services/lab/lab-helper.ts';

/** Two people who labeled a study, and where. */
export async function twoPeople() {
  const it = openLab();
  addStimuli(it.lab.workbench.storage);
  const [first, second] = await makeSessions(it, 2);
  if (!first || !second) throw new Error('no sessions');
  for (const { token } of [first, second]) await labelAll(it, token);
  return { it, first, second };
}

/** Path of the study's archive. */
export async function archiveOf({ lab }: TestLab, study = studyName): Promise<string> {
  const path = join(temporaryFolder(), 'study.zip');
  await exportArchive(lab.workbench, { study, path, weights: true, at: 0 });
  return path;
}

/** A file of the study's labels, as the export gives it. */
export const table = ({ lab }: TestLab, format: ExportFormat, study = studyName): Promise<string> =>
  text(Readable.from(tableText(lab, study, format)));

/** Number of the study in the database; 0: there is none. */
export const idOf = ({ lab }: TestLab, study = studyName): number =>
  lab.workbench.storage.studies.byName(study)?.id ?? 0;
