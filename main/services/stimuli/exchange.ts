import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import { writeFileAtomic } from '../../files/atomic.ts';
import { sha256 } from '../../files/blobs.ts';
import { zipStimulusSet } from '../../files/stimuli/export-stimuli.ts';
import { importStimulusSet } from '../../files/stimuli/import-stimuli.ts';
import type { StudyRecord } from '../../storage/index.ts';
import type { Workbench } from '../tools/workbench.ts';
import { putSpec, refuseLabelled } from './draft.ts';
import { findFrozenSet } from './state.ts';
import { classNames } from './sources.ts';

/**
 * The frozen set of a study as a zip of PNGs with a manifest.
 * @throws UserError `stimuli.not-yet`, `stimuli.zip-too-large`
 */
export async function exportedSet(
  bench: Workbench,
  study: StudyRecord,
  size: 'original' | 'model',
): Promise<{ name: string; bytes: Uint8Array }> {
  const set = findFrozenSet(bench, study);
  if (!set) throw notYet(study);
  const { width, height, pixels } = size === 'original' && set.original ? set.original : set;
  const bytes = await zipStimulusSet({ width, height, images: set.images, pixels: bench.storage.blobs.get(pixels) });
  return { name: `${study.name}-stimuli-${size === 'original' ? 'people' : 'models'}.zip`, bytes };
}

/** Bytes of an uploaded set, which is read into memory. */
const maxBytes = 512 * 2 ** 20;

/**
 * Takes a set made elsewhere: checks all of it, keeps the archive in the data folder and declares it in the study. The
 * caller starts the job that freezes it.
 * @returns number of images
 * @throws UserError `stimuli.*`, `png.*`, `csv.*`, `file.*`; nothing is changed then.
 */
export async function takeSet(bench: Workbench, study: StudyRecord, path: string): Promise<number> {
  refuseLabelled(bench, study);
  if (statSync(path).size > maxBytes) throw tooLarge(study);
  const { images } = await importStimulusSet(path, { classes: classNames(study.spec).length });
  const bytes = readFileSync(path);
  const folder = join(bench.storage.folder, 'imports');
  const name = `${sha256(bytes)}.zip`;
  writeFileAtomic(join(folder, name), bytes);
  bench.storage.studies.dropStimuli(study.id, bench.now());
  putSpec(bench, { ...study.spec, stimuli: { source: 'imported', path: `imports/${name}` } });
  return images.length;
}

const notYet = ({ name }: StudyRecord): UserError =>
  new UserError({
    code: 'stimuli.not-yet',
    what: `Study "${name}" has no frozen stimuli yet`,
    where: name,
    remedy: 'Freeze the set first.',
  });

const tooLarge = ({ name }: StudyRecord): UserError =>
  new UserError({
    code: 'stimuli.too-large',
    what: 'This archive is larger than a stimulus set is',
    where: name,
    remedy: 'Upload at most 512 MiB, or import it on the command line.',
  });
