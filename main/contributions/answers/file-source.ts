import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { fileError } from '../../files/index.ts';
import { importedFrom } from '../../services/labels/index.ts';

/** Where labels of a file come from: the file, by its hash. @param name in errors @throws UserError `file.*` */
export async function fileSource(path: string, name = path): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    throw fileError(error, name);
  }
  return `${importedFrom}${hash.digest('hex')}`;
}
