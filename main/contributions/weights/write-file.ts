import { join, resolve } from 'node:path';
import { writeFileAtomic } from '../../files/index.ts';
import type { WeightsFile } from './network-file.ts';
import { printLine } from '../../terminal/index.ts';

/** Writes exported weights to a folder. Prints the path, and the Python that loads them, if any. */
export function writeWeights({ name, bytes, loader }: WeightsFile, folder: string): void {
  const path = join(resolve(folder), name);
  writeFileAtomic(path, bytes);
  printLine(path);
  if (loader !== null) printLine(`\n${loader}`);
}
