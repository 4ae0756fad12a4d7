import { drawSheet, sizeOf } from '../../domain/images.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { encodePng } from '../../files/png.ts';
import { findRealImages } from '../../services/study/blended.ts';
import { readCandidates } from '../../services/study/stimuli.ts';
import { findRunInPlace, findStudy } from '../../services/tools/find.ts';
import type { Workbench } from '../../services/tools/workbench.ts';
import { notYet } from '../../services/tools/not-yet.ts';

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
