import { UserError } from '../../contract/errors.ts';
import { entryModule } from '../../files/places.ts';
import { askOnce } from '../../processes/client.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { Input, Output } from '../../processes/protocol.ts';
import { machineCalls, type MachineTask, type TaskEvent } from './machine-calls.ts';

export interface TaskListeners {
  onEvent?: (event: TaskEvent) => void;
  /** Ends the process, and whatever it had started; `runTask` then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Does one task in a process of its own.
 * @throws UserError `machine.refused`: it can't be done, and what would help; `machine.ended`: its process ended
 */
export function runTask<Task extends MachineTask>(
  launcher: Launcher,
  task: Task,
  input: Input<(typeof machineCalls)[Task]>,
  listeners: TaskListeners = {},
): Promise<Output<(typeof machineCalls)[Task]>> {
  const entry = entryModule('services/machine/machine-child');
  return askOnce({ calls: machineCalls, launcher, entry, died: ended, failed: ended }, task, input, listeners);
}

export const refused = (reason: string): UserError =>
  new UserError({
    code: 'machine.refused',
    what: reason,
    where: 'this machine',
    remedy: 'Nothing was changed.',
  });

const ended = (why: string): UserError =>
  new UserError({
    code: 'machine.ended',
    what: `Its process ended before it was done: ${why}`,
    where: 'this machine',
    remedy: 'Try again; nothing was changed.',
  });
