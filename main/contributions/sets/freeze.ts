import { resolve } from 'node:path';
import { isSameSize, sizeOf } from '../../domain/data/index.ts';
import { trueClasses } from '../../domain/stimuli/index.ts';
import type { FrozenStimuli, SourceWork } from '../../services/workbench/index.ts';
import type { TaskEvent } from '../../services/tasks/index.ts';
import { askReader } from './process.ts';

/**
 * Has a process of its own read a set that was made elsewhere, and resize its images to the models' size. Images in color are
 * refused where the data set is gray, unless an earlier version froze them in gray.
 * @throws UserError `stimuli.*`, `png.*`, `csv.*`, `file.*`, `machine.ended`; the signal's reason. Nothing is frozen then.
 */
export async function freezeImported(
  stimuli: { path: string },
  { storage, now, launcher, folder, dataSet, onReading, signal }: SourceWork,
): Promise<FrozenStimuli> {
  const { blobs, stimulusSets } = storage;
  const path = resolve(folder, stimuli.path);
  const size = sizeOf(dataSet);
  const frozen = stimulusSets.list().map(({ hash }) => hash);
  const asked = { path, classes: dataSet.classes.length, size, frozen, blobs: blobs.folder };
  const onEvent = (event: TaskEvent): void => {
    if (event.type === 'progress') onReading(event.share, event.note);
  };
  const { setHash, model, original, images } = await askReader(launcher, 'store', asked, { onEvent, signal });
  const set = {
    ...size,
    ...model,
    classes: dataSet.classes,
    source: 'imported' as const,
    provenance: { path, setHash, ...trueClasses(images) },
    original: isSameSize(original, size) ? null : original,
    images: images.map((image) => ({ ...image, z: null })),
  };
  storage.stimulusSets.put(set, now());
  return { setHash: set.hash, channels: set.channels, pixels: set.pixels, count: set.images.length };
}
