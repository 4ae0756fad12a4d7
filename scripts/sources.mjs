/** What modules of the product import of its own. */
import { posix } from 'node:path';

/** Modules that a module imports, as paths from the folder of the product. @param {string} file @param {string} text */
export const importsOf = (file, text) =>
  [...text.matchAll(/(?:from|import\(?|mock\()\s*'(\.[^']*)'/g)].map(([, path = '']) =>
    posix.normalize(posix.join(posix.dirname(file), path)),
  );
