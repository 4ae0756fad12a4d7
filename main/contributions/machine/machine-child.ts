import { codeCacheFolder } from '../../files/places.ts';
import { prepareChild } from '../../processes/parent-port.ts';

/** Entry of a process that measures or frees the disk, or installs an engine. */
prepareChild(codeCacheFolder());
const { serveMachine } = await import('./serve-machine.ts');
serveMachine();
