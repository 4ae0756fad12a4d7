import type { EngineName } from '../../../contract/runs/run.ts';
import { entryModule } from '../../../files/places.ts';
import { AwakeTimer } from '../../../processes/awake-timer.ts';
import { Child } from '../../../processes/child.ts';
import { ForkLauncher, type Launcher } from '../../../processes/launcher.ts';
import { type EngineCheck, engineCheckSchema } from './choice.ts';

/** Milliseconds. CUDA compiles its kernels for a GPU that it has not seen; anything else takes a second or two. */
const patience = 60_000;

export interface CheckOptions {
  /** Ends the check, which then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds without an answer after which an engine is taken for hung. */
  limit?: number;
  /** Module that the process runs, and its environment. */
  entry?: string;
  environment?: NodeJS.ProcessEnv;
  /** Starts the process. Default: a child process of Node, which Ctrl-C in a terminal reaches as well. */
  launcher?: Launcher | undefined;
}

const outcomeSchema = engineCheckSchema.omit({ name: true });

/** Checks an engine in a process of its own. Whatever that process does, this gives an outcome. */
export async function checkEngine(name: EngineName, options: CheckOptions = {}): Promise<EngineCheck> {
  const { signal, limit = patience, entry = entryModule('training/self-check/check-process') } = options;
  const { environment = process.env, launcher = new ForkLauncher(process.env, { detached: false }) } = options;
  signal?.throwIfAborted();
  let answer: unknown;
  const child = new Child(
    launcher,
    { entry, args: [name], environment },
    {
      message: (message) => {
        answer = message;
      },
    },
  );
  const stop = (): void => child.kill('was stopped');
  const timer = new AwakeTimer(limit, () => child.kill(`did not answer within ${limit / 1000} s`));
  signal?.addEventListener('abort', stop, { once: true });
  const { how, lastLine } = await child.exited;
  timer.clear();
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (answer === undefined) return failed(name, `its process ${how}${lastLine && `: ${lastLine}`}`);
  const outcome = outcomeSchema.safeParse(answer);
  return outcome.success ? { name, ...outcome.data } : failed(name, `sent an invalid answer: ${outcome.error.message}`);
}

const failed = (name: EngineName, note: string): EngineCheck => ({
  name,
  state: 'failed',
  note: note.replace(/\s+/g, ' ').slice(0, 1000),
  speed: null,
});
