import type { DiskUse } from '../../contract/api/machine.ts';
import { UserError } from '../../contract/errors.ts';
import type { Launcher, WorkerProcess } from '../../processes/launcher.ts';
import { entryModule } from '../../files/places.ts';
import type { MachineMessage, MachineTask } from './tasks.ts';
import { machineMessageSchema } from './tasks.ts';

export interface TaskListeners {
  progress?: (share: number | null, note: string) => void;
  line?: (text: string) => void;
  /** Ends the process, and whatever it had started; `runTask` then rejects with the signal's reason. */
  signal?: AbortSignal;
}

export interface TaskOutcome {
  disk: DiskUse | null;
  removed: { files: number; bytes: number } | null;
}

/**
 * Does one task in a process of its own.
 * @throws UserError `machine.refused`: it can't be done, and what would help; `machine.ended`: its process ended
 */
export function runTask(launcher: Launcher, task: MachineTask, listeners: TaskListeners = {}): Promise<TaskOutcome> {
  const { signal } = listeners;
  const outcome: TaskOutcome = { disk: null, removed: null };
  const children = new Map<number, WorkerProcess>();
  let output = '';
  let refusal: string | null = null;
  let isDone = false;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      for (const child of [...children.values(), main]) child.kill();
    };
    const heard = (message: MachineMessage): void => {
      if (message.type === 'progress') listeners.progress?.(message.share, message.note);
      else if (message.type === 'line') listeners.line?.(message.text);
      else if (message.type === 'disk') outcome.disk = message.disk;
      else if (message.type === 'removed') outcome.removed = message.removed;
      else if (message.type === 'refused') refusal = message.reason;
      else if (message.type === 'done') isDone = true;
      else if (message.type === 'kill') children.get(message.id)?.kill();
      else
        children.set(
          message.id,
          launchFor(launcher, message, main, () => children.delete(message.id)),
        );
    };
    const main = launcher.launch(
      { entry: entryModule('services/machine/machine-child'), args: [JSON.stringify(task)], heapLimit: null },
      {
        message: (message) => {
          const said = machineMessageSchema.safeParse(message);
          if (said.success) return heard(said.data);
          output = `it said something that nobody understands: ${said.error.message}`;
          stop();
        },
        output: (text) => {
          output = (output + text).slice(-4000);
        },
        exit: ({ code, signal: by }) => {
          signal?.removeEventListener('abort', stop);
          if (signal?.aborted) reject(signal.reason);
          else if (refusal !== null) reject(refused(refusal));
          else if (isDone) resolve(outcome);
          else reject(ended(output, by ?? `exit code ${code}`));
        },
      },
    );
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
  });
}

/** Starts a process that the task's own asked for, and tells it what becomes of it. */
function launchFor(
  launcher: Launcher,
  { id, entry, args, environment }: Extract<MachineMessage, { type: 'launch' }>,
  asker: WorkerProcess,
  gone: () => void,
): WorkerProcess {
  return launcher.launch(
    { entry, args, environment, heapLimit: null },
    {
      message: () => undefined,
      output: (text) => asker.send({ type: 'output', id, text }),
      exit: ({ code, signal }) => {
        gone();
        asker.send({ type: 'exit', id, code, signal });
      },
    },
  );
}

const refused = (reason: string): UserError =>
  new UserError({
    code: 'machine.refused',
    what: reason,
    where: 'this machine',
    remedy: 'What was there is unchanged.',
  });

function ended(output: string, how: string): UserError {
  const last = output.trim().split('\n').at(-1) ?? '';
  return new UserError({
    code: 'machine.ended',
    what: `Its process ended before it was done (${how})${last && `: ${last}`}`,
    where: 'this machine',
    remedy: 'Try again; what was there is unchanged.',
  });
}
