import { closeSync, openSync, readSync } from 'node:fs';

/** A file of a user: where it lies, and what it is called there. */
export interface TableFile {
  path: string;
  name: string;
}

/** The first 100 bytes of a file, zeros after its end. */
export function firstBytes(path: string): Buffer {
  const start = Buffer.alloc(100);
  const file = openSync(path, 'r');
  try {
    readSync(file, start);
  } finally {
    closeSync(file);
  }
  return start;
}

/** Whether a file begins as a NumPy array. */
export const isArray = (path: string): boolean => firstBytes(path).toString('latin1', 0, 6) === '\x93NUMPY';

/** Whether a file begins as Parquet. False: also where it cannot be read. */
export function isParquet(path: string): boolean {
  try {
    return firstBytes(path).toString('latin1', 0, 4) === 'PAR1';
  } catch {
    return false;
  }
}
