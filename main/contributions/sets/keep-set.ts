import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Channels } from '../../domain/data/index.ts';
import { moveDurably, writeHashed } from '../../files/index.ts';
import { type ImportProgress, importStimulusSet } from './reading/import-stimuli.ts';
import { refuseColor } from './reading/store-stimuli.ts';

/**
 * Checks a set as an import will, and keeps its archive in a folder, under the SHA-256 of its bytes.
 * @param wanted number of classes, and channels of the data set; null: not known yet
 * @throws UserError as `importStimulusSet`, `stimuli.color`; nothing is stored then
 */
export async function keepStimuli(
  path: string,
  { classes, channels }: { classes: number; channels: Channels | null },
  folder: string,
  progress: ImportProgress,
): Promise<{ images: number; name: string }> {
  const set = await importStimulusSet(path, { classes, progress });
  if (channels !== null) refuseColor(set, { channels }, path);
  const nameOf = (hash: string): string => `${hash}.zip`;
  const hash = await writeHashed(folder, createReadStream(path), (temporary, hash) =>
    moveDurably(temporary, join(folder, nameOf(hash))),
  );
  return { images: set.images.length, name: nameOf(hash) };
}
