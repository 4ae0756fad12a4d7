import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { fileError } from '../file-errors.ts';
import type { StimulusSource } from './source.ts';
import { mebibytes, stimuliError } from './stimuli-error.ts';

/** A stimulus set in a folder. Links are followed as long as they stay inside. */
export class FolderSource implements StimulusSource {
  readonly #folder: string;
  readonly #root: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#root = realpathSync(folder);
  }

  where(path: string): string {
    return join(this.#folder, path);
  }

  folderOf(file: string): string | null {
    if (existsSync(join(this.#root, file))) return '';
    const folders = readdirSync(this.#root).filter((name) => existsSync(join(this.#root, name, file)));
    return folders.length === 1 ? `${folders[0]}/` : null;
  }

  read(path: string, maxBytes: number): Uint8Array | null {
    const where = this.where(path);
    try {
      if (!existsSync(join(this.#root, path))) return null;
      const target = realpathSync(join(this.#root, path));
      const inside = relative(this.#root, target);
      if (isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`)) {
        throw stimuliError(
          'outside',
          'This is a link that leads out of the folder',
          where,
          'Put the file itself there.',
        );
      }
      const status = statSync(target);
      if (!status.isFile())
        throw stimuliError('not-a-file', 'This is not a regular file', where, 'Put a PNG file there.');
      if (status.size > maxBytes) {
        const what = `The file has ${mebibytes(status.size)}; at most ${mebibytes(maxBytes)} are read`;
        throw stimuliError('file-too-large', what, where, 'Check that it is the right file.');
      }
      return readFileSync(target);
    } catch (error) {
      throw fileError(error, where);
    }
  }

  close(): void {
    // A folder holds nothing open.
  }
}
