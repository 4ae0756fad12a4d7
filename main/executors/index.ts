export type { Executor, RunChange } from './executor.ts';
export { SeveralExecutors } from './several.ts';
export { WorkerHandle } from './worker-handle.ts';
