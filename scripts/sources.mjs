/** What modules of the product import of its own. */
import { posix } from 'node:path';

/** Imports at the start of a line, and later ones that stand in no text. */
const imports = /^(?:import|export|\})[^'"\n]*'(\.[^']*)'|(?<!["`].*)(?:import|mock)\('(\.[^']*)'/gm;

/** Modules that a module imports, as paths from the folder of the product. @param {string} file @param {string} text */
export const importsOf = (file, text) =>
  [...text.matchAll(imports)].map(([, path = '', later = path]) =>
    posix.normalize(posix.join(posix.dirname(file), path || later)),
  );
