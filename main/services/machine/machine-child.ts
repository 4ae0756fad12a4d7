import { codeCacheFolder } from '../../files/places.ts';
import { prepareChild } from '../../processes/parent-port.ts';

/** Entry of a machine task's process. */
prepareChild(codeCacheFolder());
const { serveMachine } = await import('./serve-machine.ts');
serveMachine();
