import { WorkerLoop } from './worker-loop.ts';
import { ipcPort } from './worker-port.ts';

/**
 * Entry of a worker process. A terminal's Ctrl-C reaches the whole group of processes; the parent decides what it means
 * for its workers, so a worker ignores it.
 */
process.on('SIGINT', () => undefined);

/** Leaves once what was sent has been delivered: closing the channel waits for that, `process.exit` does not. */
function leave(code: number): void {
  process.exitCode = code;
  if (!process.connected) process.exit();
  process.once('disconnect', () => process.exit());
  process.disconnect();
}

new WorkerLoop(ipcPort(), leave).start();
