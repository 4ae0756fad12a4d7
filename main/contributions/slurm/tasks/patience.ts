import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../../contract/wire/index.ts';

/** Exit code of a task that something outside its runs ended: it can be tried again. */
export const tryAgainCode = 75;

/** Milliseconds before each further try at what the shared folder refuses, about half an hour together. */
const pauses = [200, 500, 1000, 2000, 5000, ...Array.from({ length: 180 }, () => 10_000)];

/**
 * Tries again while the shared folder refuses, for half an hour; then ends the process, so that the task is tried again.
 * @param tries after so many it throws the error
 */
export function patiently<T>(action: () => T, tries = Number.POSITIVE_INFINITY): T {
  for (let tried = 0; ; tried++) {
    try {
      return told(tried, action());
    } catch (error) {
      if (tried + 1 >= tries) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseAfter(error, tried));
    }
  }
}

/** `patiently` without blocking, and without a limit of tries. */
export async function patientlyAsync<T>(action: () => Promise<T>): Promise<T> {
  for (let tried = 0; ; tried++) {
    try {
      return told(tried, await action());
    } catch (error) {
      await wait(pauseAfter(error, tried));
    }
  }
}

/** A line on the terminal of the task, which Slurm keeps for the administrator. */
export const log = (text: string): void => console.log(`${new Date().toISOString()} ${text}`);

function told<T>(tried: number, result: T): T {
  if (tried > 0) log('The shared folder works again');
  return result;
}

/** @throws the error where it is not one of files */
function pauseAfter(error: unknown, tried: number): number {
  if (!isOfFiles(error)) throw error;
  if (tried === 0) log(`The shared folder refuses, it is tried again for half an hour: ${(error as Error).message}`);
  const pause = pauses[tried];
  if (pause === undefined) {
    log('The shared folder still refuses: this task ends');
    process.exit(tryAgainCode);
  }
  return pause;
}

const isOfFiles = (error: unknown): boolean =>
  error instanceof UserError
    ? error.code.startsWith('file.') || error.code === 'blob.unreadable'
    : error instanceof Error && 'errno' in error;
