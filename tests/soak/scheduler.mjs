import { openSync, readSync } from 'node:fs';

/** Nanoseconds that the main thread has waited for a processor; 0 where the system does not tell. */
export function openScheduler() {
  try {
    const file = openSync('/proc/self/schedstat', 'r');
    const buffer = Buffer.alloc(64);
    return () => Number(buffer.toString('latin1', 0, readSync(file, buffer, 0, 64, 0)).split(' ')[1]);
  } catch {
    return () => 0;
  }
}
