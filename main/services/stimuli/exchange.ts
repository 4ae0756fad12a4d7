import { statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import { drawSheet, sizeOf } from '../../domain/images.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { encodePng } from '../../files/png.ts';
import { exportStimulusSet, zipStimulusSet } from '../../files/stimuli/export-stimuli.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { classNames, declaredDataSet } from '../declaration/data-set.ts';
import { runTask } from '../machine/tasks.ts';
import { findRealImages } from '../study/blended.ts';
import { readCandidates } from '../study/stimuli.ts';
import { findRunInPlace, findStimuli, findStudy, readImages } from '../tools/find.ts';
import type { Tools } from '../tools/tools.ts';
import type { Workbench } from '../tools/workbench.ts';
import { putSpec, refuseLabeled } from './draft.ts';

/** A zip of PNGs with a manifest. @throws UserError `stimuli.not-yet`, `stimuli.zip-too-large` */
export async function exportedSet(
  workbench: Workbench,
  study: StudyRecord,
  size: 'original' | 'model',
): Promise<{ name: string; bytes: Uint8Array }> {
  const set = findStimuli(workbench, study.id);
  if (!set) throw notYet(study.name, 'frozen stimuli', 'Freeze the set first.');
  const bytes = await zipStimulusSet({ ...readImages(workbench, set, size), images: set.images });
  return { name: `${study.name}-stimuli-${size === 'original' ? 'people' : 'models'}.zip`, bytes };
}

/** Bytes of an uploaded set. */
const maxBytes = 512 * 2 ** 20;

/**
 * Takes a set made elsewhere: a process of its own checks all of it and keeps the archive in the data folder, and the study
 * declares it. The caller starts the job that freezes it.
 * @returns number of images
 * @throws UserError `stimuli.*`, `png.*`, `csv.*`, `file.*`, `machine.ended`; the signal's reason. Nothing is changed then.
 */
export async function takeSet(
  { workbench, launcher }: Pick<Tools, 'workbench' | 'launcher'>,
  study: StudyRecord,
  path: string,
  signal?: AbortSignal,
): Promise<number> {
  refuseLabeled(workbench, study);
  if (statSync(path).size > maxBytes) throw tooLarge(study);
  const { storage, now } = workbench;
  const classes = classNames(workbench, study).length;
  const channels = declaredDataSet(workbench, study)?.channels ?? null;
  const asked = { path, classes, channels, folder: join(storage.folder, 'imports') };
  const { images, name } = await runTask(launcher, 'keepStimuli', asked, { signal });
  storage.transaction(() => {
    // Reading the archive took time: somebody may have labeled the set, or changed the study.
    const { spec } = findStudy(workbench, study.name);
    refuseLabeled(workbench, study);
    storage.studies.dropStimuli(study.id, now());
    putSpec(workbench, { ...spec, stimuli: { source: 'imported', path: `imports/${name}` } });
  });
  return images;
}

const tooLarge = ({ name }: StudyRecord): UserError =>
  new UserError(
    'stimuli.too-large',
    'This archive is too large for a stimulus set',
    name,
    'Upload at most 512 MiB, or import it on the command line.',
  );

/**
 * Writes the frozen set of a study as PNGs with a manifest.
 * @param size `original`: as the generator made them, what people see; `model`: what networks get.
 * @throws UserError `stimuli.*`, `file.*`
 */
export async function exportStimuli(
  workbench: Workbench,
  studyName: string,
  size: 'original' | 'model',
  path: string,
): Promise<void> {
  const set = findStimuli(workbench, findStudy(workbench, studyName).id);
  if (!set) throw notYet(studyName, 'frozen stimuli');
  await exportStimulusSet({ ...readImages(workbench, set, size), images: set.images }, path);
}

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

const untilMade = 'Run the study until they are made: `boundary study run`.';

const notYet = (study: string, what: string, remedy = untilMade): UserError =>
  new UserError('stimuli.not-yet', `Study "${study}" has no ${what} yet`, study, remedy);
