import { statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../contract/wire/index.ts';
import { exportStimulusSet, zipStimulusSet } from './write-set.ts';
import type { StudyRecord } from '../../storage/index.ts';
import { classNames, declaredDataSet } from '../../services/declaration/index.ts';
import { notYet, type Tools } from '../../services/tools/index.ts';
import { findStimuli, findStudy, readImages, type Workbench } from '../../services/workbench/index.ts';
import { putSpec, refuseLabeled } from '../../services/stimuli/index.ts';
import { askReader } from './process.ts';

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
  const { images, name } = await askReader(launcher, 'keep', asked, { signal });
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
