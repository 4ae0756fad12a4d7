import { createRequire } from 'node:module';
import { firstLine, messageOf } from '../contract/wire/errors.ts';

const { resolve } = createRequire(import.meta.url);

/** Null if a package is installed, else what is missing. Loads nothing. */
export function missingPackage(name: string): string | null {
  try {
    resolve(name);
    return null;
  } catch (error) {
    return firstLine(messageOf(error));
  }
}
