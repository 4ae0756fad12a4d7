import { createRequire } from 'node:module';
import type { Tfjs } from './engine.ts';

const require = createRequire(import.meta.url);

/**
 * tfjs, by its CommonJS build: its ES modules have imports that Node refuses. Node 23 removed two functions of `util`
 * that the tfjs packages still call, so they are put back first.
 */
export function loadTfjs(): Tfjs {
  const util = require('node:util') as { isNullOrUndefined?: unknown; isArray?: unknown };
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
  return require('@tensorflow/tfjs') as Tfjs;
}

/** The version of an installed package, for provenance. */
export function packageVersion(name: string): string {
  return (require(`${name}/package.json`) as { version: string }).version;
}

/** A CommonJS module of an installed package, by its path, e.g. `@tensorflow/tfjs-node-gpu/dist/...`. */
export function requireModule(path: string): unknown {
  return require(path);
}

/** The file that a module path resolves to. */
export function resolveModule(path: string): string {
  return require.resolve(path);
}
