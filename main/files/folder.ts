import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileError } from './file-errors.ts';

/**
 * Makes a folder and those above it. Node's own `recursive` never returns where a folder that is there refuses a new
 * one as "not found", as /proc does.
 * @throws UserError `file.*`
 */
export function makeFolder(folder: string): void {
  const path = resolve(folder);
  if (existsSync(path)) return;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (!existsSync(path)) throw fileError(error, path);
  }
}
