import { enableCompileCache, flushCompileCache } from 'node:module';
import { codeCacheFolder } from '../../files/places.ts';

/**
 * Entry of a worker process. A terminal's Ctrl-C reaches the whole group of processes; the parent decides what it means
 * for its workers, so a worker ignores it.
 */
process.on('SIGINT', () => undefined);

// Compiled code of the worker and its libraries is kept, which makes the next worker start in half the time. Written a
// while after the start, as a worker at rest is killed. What the parent sends meanwhile waits in the channel.
enableCompileCache(codeCacheFolder());
setTimeout(flushCompileCache, 3000).unref();
const { WorkerLoop } = await import('./worker-loop.ts');
const { parentPort } = await import('./port.ts');

new WorkerLoop(parentPort()).start();
