import { entryModule } from '../../files/index.ts';
import { oneTask } from '../../services/tasks/index.ts';
import type { MachineHandlers } from './serve-machine.ts';

export type MachineTask = keyof MachineHandlers;

/** See `oneTask`. */
export const runMachineTask = oneTask<MachineHandlers>({ entry: entryModule('contributions/machine/machine-child') });
