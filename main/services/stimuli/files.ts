import { join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { encodeGrayPng } from '../../files/png.ts';
import { exportStimulusSet } from '../../files/stimuli/export-stimuli.ts';
import { drawSheet } from '../../domain/images.ts';
import { findStudy } from '../tools/find.ts';
import { readCandidates } from '../study/stimuli.ts';
import type { Workbench } from '../tools/workbench.ts';

/**
 * Writes the frozen set of a study as PNGs with a manifest.
 * @param size `original`: as the generator made them, what people see; `model`: what networks get.
 * @throws UserError `stimuli.*`, `file.*`
 */
export async function exportStimuli(
  bench: Workbench,
  studyName: string,
  size: 'original' | 'model',
  path: string,
): Promise<void> {
  const { storage } = bench;
  const hash = storage.studies.stimuli(findStudy(bench, studyName).id);
  const set = hash === undefined ? undefined : storage.stimulusSets.get(hash);
  if (!set) throw notYet(studyName, 'frozen stimuli');
  const chosen = size === 'original' && set.original ? set.original : set;
  const { width, height, pixels } = chosen;
  await exportStimulusSet({ width, height, pixels: storage.blobs.get(pixels), images: set.images }, path);
}

/**
 * Draws every candidate of a study: a row a class, best first, so that a person can choose anchors by their numbers.
 * @throws UserError `stimuli.*`, `file.*`
 */
export function drawCandidates(bench: Workbench, studyName: string, path: string): void {
  const { storage } = bench;
  const link = storage.studyRuns.list(findStudy(bench, studyName).id).find(({ role }) => role === 'candidates');
  const run = link && storage.runs.get(link.runId);
  if (run?.state !== 'done') throw notYet(studyName, 'candidates');
  const candidates = readCandidates(bench, run);
  const { width, height, classes } = candidates;
  const sheet = drawSheet({
    width,
    height,
    pixels: storage.blobs.get(candidates.pixels),
    rows: classes.map((list) => list.length),
  });
  writeFileAtomic(path, encodeGrayPng(sheet));
}

/**
 * Writes the generator's sample grids, from the same z at each step, as `step-000100.png` and so on.
 * @returns how many
 * @throws UserError `stimuli.*`, `file.*`
 */
export function writeGrids(bench: Workbench, studyName: string, folder: string): number {
  const { storage } = bench;
  const link = storage.studyRuns.list(findStudy(bench, studyName).id).find(({ role }) => role === 'generator');
  const grids = link ? storage.runHistory.sampleGrids(link.runId) : [];
  if (grids.length === 0) throw notYet(studyName, 'sample grids of a generator');
  for (const { step, grid } of grids) {
    writeFileAtomic(join(folder, `step-${String(step).padStart(6, '0')}.png`), storage.blobs.get(grid));
  }
  return grids.length;
}

function notYet(studyName: string, what: string): UserError {
  return new UserError({
    code: 'stimuli.not-yet',
    what: `Study "${studyName}" has no ${what} yet`,
    where: studyName,
    remedy: 'Run the study until they are made: `boundary study run`.',
  });
}
