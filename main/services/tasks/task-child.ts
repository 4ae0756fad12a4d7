import { codeCacheFolder } from '../../files/places.ts';
import { prepareChild } from '../../processes/parent-port.ts';

/** Entry of a task's process. */
prepareChild(codeCacheFolder());
const { serveTasks } = await import('./serve-tasks.ts');
serveTasks();
