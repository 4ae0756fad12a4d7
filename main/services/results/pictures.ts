import { picturesPage } from '../../contract/api/results-parts.ts';
import type { Images } from '../../contract/api/stimuli.ts';
import { findStimuli, findStudy, readPixels } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';

/** One page of a study's frozen stimuli, in the models' size. @throws UserError `study.not-found` */
export function pictures(
  workbench: Workbench,
  { study, page }: { study: string; page: number },
): { total: number; ids: number[]; images: Images | null } {
  const set = findStimuli(workbench, findStudy(workbench, study).id);
  if (!set) return { total: 0, ids: [], images: null };
  const from = page * picturesPage;
  const ids = set.images.slice(from, from + picturesPage).map(({ id }) => id);
  const size = set.width * set.height;
  const pixels = readPixels(workbench, set).subarray(from * size, (from + ids.length) * size);
  const images = { width: set.width, height: set.height, count: ids.length, pixels: pixels.toString('base64') };
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
  const { width, height } = set.original;
  const size = width * height;
  const pixels = readPixels(workbench, set, set.original.pixels).subarray(at * size, (at + 1) * size);
  return { seen: { width, height, count: 1, pixels: pixels.toString('base64') } };
}
