import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EngineName, Task } from '../../main/contract/runs/run.ts';
import type { RunChange } from '../../main/executors/executor.ts';
import { LocalExecutor, type LocalExecutorOptions } from '../../main/executors/local-executor.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { openStorage } from '../../main/storage/open.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { environment, newRun } from './counting-tasks.ts';

/** A storage and an executor with real worker processes, both ended with the test. */
export function setUp(options: Partial<LocalExecutorOptions> = {}) {
  const folder = temporaryFolder();
  const storage = openStorage(folder);
  const executor = new LocalExecutor({
    queue: storage.runs,
    launcher: new ForkLauncher(),
    workerEntry: join(import.meta.dirname, 'counting-worker.ts'),
    blobs: storage.blobs.folder,
    logs: join(folder, 'logs'),
    engines: ['wasm'],
    workers: 1,
    environment,
    ...options,
  });
  const changes: RunChange[] = [];
  executor.onChange((change) => changes.push(change));
  onTestFinished(async () => {
    await executor.stop();
    storage.close();
  });
  const ensure = (task: Task, more: { priority?: number; engine?: EngineName } = {}) =>
    storage.runs.ensure(newRun(task, more), Date.now()).id;
  const started = () =>
    changes.flatMap(({ run, event }) => (event?.type === 'started' ? [{ run: run.id, pid: event.pid }] : []));
  return { folder, storage, executor, changes, ensure, started };
}
