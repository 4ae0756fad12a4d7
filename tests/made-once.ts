import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acquireLock } from '../main/files/lock.mjs';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * Puts into `target` a copy of a folder that is made once for all tests of a run, by the first that asks for its name, and
 * gives what making it gave, which has to be JSON. Outside of a run of the tests it is made there.
 */
export async function madeOnce<T>(name: string, target: string, make: (folder: string) => Promise<T>): Promise<T> {
  const run = process.env.BOUNDARY_TEST_RUN;
  if (run === undefined) return make(target);
  const made = join(run, name);
  const lock = await acquireLock(`${made}.lock`, { pollMs: 50 });
  try {
    if (!existsSync(made)) {
      const unfinished = `${made}.unfinished`;
      rmSync(unfinished, { recursive: true, force: true });
      const given = await make(unfinished);
      writeFileSync(`${made}.json`, JSON.stringify({ given }));
      renameSync(unfinished, made);
    }
  } finally {
    lock.release();
  }
  cpSync(made, target, { recursive: true, preserveTimestamps: true });
  return JSON.parse(readFileSync(`${made}.json`, 'utf8')).given;
}

/** A folder for what made things refer to: the same for all tests of a run, whose files no test changes. */
export const folderOfRun = (name: string): string => join(process.env.BOUNDARY_TEST_RUN ?? temporaryFolder(), name);
