import { entryModule } from '../../files/places.ts';
import { type AskOptions, askOnce } from '../../processes/client.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { Event, Input, Output } from '../../processes/protocol.ts';
import type { TaskListeners } from '../../services/tasks/tasks.ts';
import { taskEnded } from '../../services/tasks/tasks.ts';
import type { MachineHandlers } from './serve-machine.ts';

export type MachineTask = keyof MachineHandlers;

/**
 * Does one task in a process of its own.
 * @throws UserError `machine.refused`: it can't be done, and what would help; `machine.ended`: its process ended
 */
export const runMachineTask = <Task extends MachineTask>(
  launcher: Launcher,
  task: Task,
  input: Input<MachineHandlers[Task]>,
  listeners: TaskListeners = {},
): Promise<Output<MachineHandlers[Task]>> =>
  askOnce<MachineHandlers, Task>(
    { launcher, entry: entryModule('contributions/machine/machine-child'), died: taskEnded, failed: taskEnded },
    task,
    input,
    listeners as AskOptions<Event<MachineHandlers[Task]>>,
  );
