import { statSync } from 'node:fs';
import { UserError } from '../../contract/errors.ts';
import { fileError } from '../file-errors.ts';
import { FolderSource } from './folder-source.ts';
import type { StimulusSource } from './source.ts';
import { ZipSource } from './zip-source.ts';

/**
 * Opens a folder or a zip archive.
 * @throws UserError `stimuli.*` or `file.*`
 */
export function openSource(path: string): StimulusSource {
  try {
    const status = statSync(path);
    if (status.isDirectory()) return new FolderSource(path);
    if (status.isFile()) return new ZipSource(path, status.size);
  } catch (error) {
    throw fileError(error, path);
  }
  throw new UserError({
    code: 'stimuli.not-a-file',
    what: 'This is neither a folder nor a file',
    where: path,
    remedy: 'Give a folder or a zip archive with PNG images and manifest.csv.',
  });
}
