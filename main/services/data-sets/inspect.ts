import { resolve } from 'node:path';
import type { FolderChoice, Inspection } from '../../contract/api/data-sets.ts';
import { inspectSource } from '../../training/data/inspect.ts';

/** Looks at what lies at a path, in this process. @throws UserError `data-set.*`, `file.*`, `idx.*` */
export function inspectPath(path: string, choice: FolderChoice): Promise<Inspection> {
  const context = { progress: () => undefined, signal: new AbortController().signal };
  return inspectSource({ path: resolve(path), name: resolve(path), choice }, context);
}
