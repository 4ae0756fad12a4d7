import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
/** Bytes of memory that have to be free: what tests write lies below 1 GiB at any time. */
const room = 8 * 2 ** 30;
const day = 24 * 3600_000;
const prefix = 'boundary-run-';
const remove = (path: string): void => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

/**
 * A folder for all processes of one run of the tests: what they write, code that one of them has compiled, and what
 * `madeOnce` makes. It lies in memory where there is room: tests of archives took a fifth less time there than on
 * a disk. With BOUNDARY_TEST_DISK=1 it lies on the disk. Gives what removes it.
 */
export default function setup(): () => void {
  const inMemory = process.platform === 'linux' && process.env.BOUNDARY_TEST_DISK !== '1' && isUsable();
  const folder = mkdtempSync(join(inMemory ? memory : tmpdir(), prefix));
  // As in any folder for temporary files, other users may reach what a test opens to them.
  chmodSync(folder, 0o711);
  process.env.BOUNDARY_TEST_RUN = folder;
  process.env.TMPDIR = folder;
  // Before any module is loaded, and for processes whose BOUNDARY_CACHE is their own.
  process.env.NODE_COMPILE_CACHE = join(folder, 'code');
  return () => remove(folder);
}

/** Whether memory has room, and programs in it may run, which some systems forbid. */
function isUsable(): boolean {
  try {
    // Nothing else removes what a killed run left there.
    for (const name of readdirSync(memory).filter((each) => each.startsWith(prefix)))
      if (statSync(join(memory, name)).mtimeMs < Date.now() - day) remove(join(memory, name));
    const { bavail, bsize } = statfsSync(memory);
    if (Math.min(bavail * bsize, freemem()) < room) return false;
    const folder = mkdtempSync(join(memory, prefix));
    const program = join(folder, 'program');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 });
    const { status } = spawnSync(program);
    remove(folder);
    return status === 0;
  } catch {
    return false;
  }
}
