import { join } from 'node:path';
import { writeFileAtomic } from '../../files/index.ts';
import { notYet } from '../../services/tools/index.ts';
import { findRunInPlace, findStudy, type Workbench } from '../../services/workbench/index.ts';

/** Writes `step-000100.png` and so on; gives their number. @throws UserError `stimuli.*`, `file.*` */
export function writeGrids(workbench: Workbench, studyName: string, folder: string): number {
  const { storage } = workbench;
  const run = findRunInPlace(workbench, findStudy(workbench, studyName).id, 'generator');
  const grids = run ? storage.runHistory.sampleGrids(run.id) : [];
  if (grids.length === 0) throw notYet(studyName, 'sample grids of a generator');
  for (const { step, grid } of grids) {
    writeFileAtomic(join(folder, `step-${String(step).padStart(6, '0')}.png`), storage.blobs.get(grid));
  }
  return grids.length;
}
