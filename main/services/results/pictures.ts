import { picturesPage } from '../../contract/api/results-parts.ts';
import type { Images } from '../../contract/api/stimuli.ts';
import { imageLength } from '../../domain/images.ts';
import { findStimuli, findStudy, readImages } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';

/** One page of a study's frozen stimuli, in the models' size. @throws UserError `study.not-found` */
export function pictures(
  workbench: Workbench,
  { study, page: number }: { study: string; page: number },
): { total: number; ids: number[]; images: Images | null } {
  const set = findStimuli(workbench, findStudy(workbench, study).id);
  if (!set) return { total: 0, ids: [], images: null };
  const from = number * picturesPage;
  const ids = set.images.slice(from, from + picturesPage).map(({ id }) => id);
  const { pixels, ...size } = readImages(workbench, set);
  const page = pixels.subarray(from * imageLength(size), (from + ids.length) * imageLength(size));
  const images = { ...size, count: ids.length, pixels: page.toString('base64') };
  return { total: set.images.length, ids, images };
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
