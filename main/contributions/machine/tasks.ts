import { entryModule } from '../../files/index.ts';
import { askOnce, type AskOptions, type Event, type Input, type Launcher, type Output } from '../../processes/index.ts';
import { taskEnded, type TaskListeners } from '../../services/tasks/index.ts';
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
