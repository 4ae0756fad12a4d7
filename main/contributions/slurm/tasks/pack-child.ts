import { codeCacheFolder } from '../../../files/index.ts';
import { prepareChild } from '../../../processes/index.ts';

/** Entry of a task of a job on a cluster: `pack <folder of the pack> <number of the task>`. */
// Before anything else: without a listener TERM ends the process, and USR1 opens Node's debugger to the whole node.
const received: NodeJS.Signals[] = [];
let onSignal = (signal: NodeJS.Signals): void => {
  received.push(signal);
};
for (const signal of ['SIGUSR1', 'SIGTERM'] as const) process.on(signal, () => onSignal(signal));
// What the task writes on its terminal may be lost, e.g. where the disk is full.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
prepareChild(codeCacheFolder());
const { runPackedTask } = await import('./packed-task.ts');
process.exitCode = await runPackedTask(process.argv[2] ?? '', Number(process.argv[3]), (listener) => {
  onSignal = listener;
  received.forEach(listener);
});
