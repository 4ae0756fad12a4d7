import { codeCacheFolder } from '../../files/places.ts';
import { inBackground, yieldProcessor } from '../../processes/background.ts';
import { parentPort, prepareChild } from '../../processes/parent-port.ts';

/** Entry of a worker process. What the parent sends before the loop is loaded waits in the channel. */
if (process.argv.includes(inBackground)) yieldProcessor();
prepareChild(codeCacheFolder());
const { WorkerLoop } = await import('./worker-loop.ts');
new WorkerLoop(parentPort()).start();
