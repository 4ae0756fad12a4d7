import { drawSheet, sizeOf } from '../../domain/data/index.ts';
import { encodePng, writeFileAtomic } from '../../files/index.ts';
import { findRealImages, readCandidates } from '../../services/study/index.ts';
import { findRunInPlace, findStudy, type Workbench } from '../../services/workbench/index.ts';
import { notYet } from '../../services/tools/index.ts';

/** One row of candidates for each class, the best first. @throws UserError `stimuli.*`, `file.*` */
export function drawCandidates(workbench: Workbench, studyName: string, path: string): void {
  const { storage } = workbench;
  const { id, spec } = findStudy(workbench, studyName);
  const run = findRunInPlace(workbench, id, 'candidates');
  const real = spec.stimuli.source === 'blended' ? findRealImages(workbench, id) : null;
  const candidates = real?.content ?? (run?.state === 'done' ? readCandidates(workbench, run) : null);
  if (!candidates) throw notYet(studyName, 'candidates');
  const pixels = storage.blobs.get(candidates.pixels);
  const rows = candidates.classes.map((list) => list.length);
  writeFileAtomic(path, encodePng(drawSheet({ ...sizeOf(candidates), pixels, rows })));
}
