import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { acquireLock } from '../main/files/lock.mjs';

/**
 * Puts into `target` a copy of a folder that is made once for all tests of a run, by the first that asks for its name.
 * Outside of a run of the tests it is made there.
 */
export async function madeOnce(name: string, target: string, make: (folder: string) => Promise<void>): Promise<void> {
  const run = process.env.BOUNDARY_TEST_RUN;
  if (run === undefined) return make(target);
  const made = join(run, name);
  const lock = await acquireLock(`${made}.lock`, { pollMs: 50 });
  try {
    if (!existsSync(made)) {
      const unfinished = `${made}.unfinished`;
      rmSync(unfinished, { recursive: true, force: true });
      await make(unfinished);
      renameSync(unfinished, made);
    }
  } finally {
    lock.release();
  }
  cpSync(made, target, { recursive: true, preserveTimestamps: true });
}
