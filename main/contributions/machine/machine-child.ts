import { codeCacheFolder } from '../../files/index.ts';
import { prepareChild } from '../../processes/index.ts';

/** Entry of a process that measures or frees the disk, or installs an engine. */
prepareChild(codeCacheFolder());
const { serveMachine } = await import('./serve-machine.ts');
serveMachine();
