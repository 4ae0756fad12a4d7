import { totalmem } from 'node:os';
import { dataSetRecordSchema } from '../../contract/api/data-sets.ts';
import { hashSchema } from '../../contract/recipes/recipes.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { parser } from '../../files/limits.ts';
import { entryModule } from '../../files/places.ts';
import { type AskOptions, askOnce, type ProcessOptions } from '../../processes/client.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { Checks, Event, Handlers, Input, Output } from '../../processes/protocol.ts';
import type { TaskHandlers } from './serve-tasks.ts';
import type { TaskEvent } from './task-events.ts';

type TaskName = keyof TaskHandlers;

const entry = entryModule('services/tasks/task-child');

/** Checks of the answers of tasks that read files of others. */
const checks: Checks<TaskHandlers> = {
  describeDataSet: { output: dataSetRecordSchema },
  drawRealImages: { output: hashSchema.nullable() },
};

/** Aborting ends the process, and whatever it had started; `runTask` then rejects with the signal's reason. */
export type TaskListeners = AskOptions<TaskEvent>;

/**
 * What does one task of these handlers, in a process of its own.
 * @throws UserError `machine.refused`: it can't be done, and what would help; `machine.ended`: its process ended
 */
export const oneTask =
  <H extends Handlers>(process: Pick<ProcessOptions<H>, 'entry' | 'checks' | 'heapLimit' | 'patience'>) =>
  <Task extends keyof H & string>(
    launcher: Launcher,
    task: Task,
    input: Input<H[Task]>,
    listeners: TaskListeners = {},
  ): Promise<Output<H[Task]>> =>
    askOnce<H, Task>(
      { ...process, launcher, died: taskEnded, failed: taskEnded },
      task,
      input,
      listeners as AskOptions<Event<H[Task]>>,
    );

/** `oneTask` of the core's own tasks. */
export function runTask<Task extends TaskName>(
  launcher: Launcher,
  task: Task,
  input: Input<TaskHandlers[Task]>,
  listeners: TaskListeners = {},
): Promise<Output<TaskHandlers[Task]>> {
  return oneTask<TaskHandlers>({ checks, entry })(launcher, task, input, listeners);
}

/** Limits of a process that reads a file of others as a whole. */
export const parsing = () => ({ patience: parser.patience, heapLimit: Math.min(parser.heap, totalmem() / 2) });

/** For tasks that follow each other in one process. */
export const taskProcess = (launcher: Launcher) => ({
  checks,
  launcher,
  entry,
  idleFor: null,
  tries: 1,
  died: taskEnded,
  failed: taskEnded,
});

/** The error for a task that its process did not survive. */
export const taskEnded = (why: string): UserError =>
  new UserError(
    'machine.ended',
    `The process of this task ended early: ${why}`,
    'this machine',
    'Try again; nothing was changed.',
  );
