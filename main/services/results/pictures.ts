import { statSync } from 'node:fs';
import { picturesPage } from '../../contract/results/results-parts.ts';
import type { Images } from '../../contract/api/stimuli.ts';
import { imageLength } from '../../domain/data/images.ts';
import { findStudy, readImages } from '../workbench/find.ts';
import type { StimulusSetHeader } from '../../storage/stimulus-sets.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** One page of a study's frozen stimuli, in the models' size. @throws UserError `study.not-found` */
export function pictures(
  workbench: Workbench,
  { study, page: number }: { study: string; page: number },
): { total: number; ids: number[]; images: Images | null } {
  const { studies, stimulusSets } = workbench.storage;
  const hash = studies.stimuli(findStudy(workbench, study).id);
  const set = hash === undefined ? undefined : stimulusSets.header(hash);
  if (!set) return { total: 0, ids: [], images: null };
  const all = stimulusSets.ids(set.hash);
  const from = number * picturesPage;
  const ids = all.slice(from, from + picturesPage);
  const { pixels, ...size } = readOnce(workbench, set);
  const page = pixels.subarray(from * imageLength(size), (from + ids.length) * imageLength(size));
  const images = { ...size, count: ids.length, pixels: page.toString('base64') };
  return { total: all.length, ids, images };
}

/** The pixels that were read last: a screen asks for all pages at once, and each reading checks all bytes. */
let last: { file: string; read: WeakRef<ReturnType<typeof readImages>> } | null = null;

function readOnce(workbench: Workbench, set: StimulusSetHeader): ReturnType<typeof readImages> {
  const path = workbench.storage.blobs.path(set.pixels);
  const { size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
  const file = `${path} ${size} ${mtimeMs}`;
  const known = last?.file === file ? last.read.deref() : undefined;
  if (known) return known;
  const read = readImages(workbench, set);
  last = { file, read: new WeakRef(read) };
  return read;
}

/** One stimulus at the size that people see, or null if they see the models' size. @throws UserError `study.not-found` */
export function picture(
  workbench: Workbench,
  { study, image }: { study: string; image: number },
): { seen: Images | null } {
  const { storage } = workbench;
  const hash = storage.studies.stimuli(findStudy(workbench, study).id);
  const set = hash === undefined ? undefined : storage.stimulusSets.header(hash);
  const at = set?.original ? storage.stimulusSets.ids(set.hash).indexOf(image) : -1;
  if (!set?.original || at < 0) return { seen: null };
  const { pixels, ...size } = readImages(workbench, set, 'original');
  const shown = pixels.subarray(at * imageLength(size), (at + 1) * imageLength(size));
  return { seen: { ...size, count: 1, pixels: shown.toString('base64') } };
}
