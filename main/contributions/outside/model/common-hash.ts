import { createHash } from 'node:crypto';
import type { ModelFile } from '../contract/outside.ts';

/** The hash of a model: that of its only file, or of the hashes and names of all. */
export function commonHash(files: ModelFile['files']): string {
  const [only] = files;
  if (only && files.length === 1) return only.hash;
  const lines = files.map(({ hash, name }, index) => `${hash} ${index === 0 ? 'model' : name}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}
