import { createRequire } from 'node:module';
import type { Tfjs } from './engine.ts';

const load = createRequire(import.meta.url);

/**
 * Loads the CommonJS build of tfjs, as its ES modules have imports that Node refuses. Its packages call two functions of
 * `util` that Node 23 removed or deprecated, so these are replaced first. Production mode stops tfjs from advertising its
 * other packages on stderr.
 */
export function loadTfjs(): Tfjs {
  const util = load('node:util') as Record<string, unknown>;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
  const tf = load('@tensorflow/tfjs') as Tfjs;
  tf.enableProdMode();
  return tf;
}

/** The version of an installed package, for provenance. */
export function packageVersion(name: string): string {
  return (load(`${name}/package.json`) as { version: string }).version;
}

/** A CommonJS module of an installed package, by its path, e.g. `@tensorflow/tfjs-node-gpu/dist/...`. */
export function requireModule(path: string): unknown {
  return load(path);
}

/** The file that a module path resolves to. */
export function resolveModule(path: string): string {
  return load.resolve(path);
}
