import { codeCacheFolder } from '../../files/places.ts';
import { prepareChild } from '../../processes/parent-port.ts';

/** Entry of a task of a job on a cluster: `pack <folder of the pack> <number of the task>`. */
prepareChild(codeCacheFolder());
const { runPackedTask } = await import('./packed-task.ts');
process.exitCode = await runPackedTask(process.argv[2] ?? '', Number(process.argv[3]));
