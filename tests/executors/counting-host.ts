import { join } from 'node:path';
import { LocalExecutor } from '../../main/executors/local-executor.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { openStorage } from '../../main/storage/open.ts';
import { classifierTask, environment, generatorTask, newRun } from './counting-tasks.ts';

/** A host like the command line: opens the data folder, queues six runs, and stays until they are done. */
const folder = String(process.argv[2]);
const storage = openStorage(folder);
for (const seed of [1, 2, 3]) {
  storage.runs.ensure(newRun(classifierTask(seed)), Date.now());
  storage.runs.ensure(newRun(generatorTask(seed)), Date.now());
}
const executor = new LocalExecutor({
  queue: storage.runs,
  launcher: new ForkLauncher(),
  workerEntry: join(import.meta.dirname, 'counting-worker.ts'),
  blobs: storage.blobs.folder,
  logs: join(folder, 'logs'),
  engines: ['wasm'],
  workers: 2,
  // Random kills may hit the same run many times: it must not fail.
  retries: 100,
  silence: Number(process.env.COUNTING_SILENCE ?? 120_000),
  environment,
});
executor.onChange(({ run, event }) => {
  const pid = event?.type === 'started' ? ` worker ${event.pid}` : '';
  process.stdout.write(`run ${run.id} ${event?.type ?? 'change'}${pid}\n`);
});

async function leave(code: number): Promise<void> {
  await executor.stop();
  storage.close();
  process.exit(code);
}
process.on('SIGINT', () => void leave(130));
executor.start();
await executor.idle();
await leave(0);
