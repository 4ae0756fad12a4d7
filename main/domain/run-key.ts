import { createHash } from 'node:crypto';
import type { EngineName, Task } from '../contract/run.ts';
import { canonicalJson } from './canonical-json.ts';

/**
 * A run's identity: SHA-256 of the canonical JSON of what decides its result, and of the engine it is pinned to
 * (null: any). Two studies that need the same training share one run. A data set counts by the hash of its content:
 * where its files lie decides nothing, so a study folder may move.
 */
export function runKey(task: Task, engine: EngineName | null): string {
  const decides: Partial<Task> & { dataSet?: unknown } = { ...task };
  delete decides.dataSet;
  return createHash('sha256')
    .update(canonicalJson({ engine, task: decides }))
    .digest('hex');
}
