import { fork } from 'node:child_process';
import type { Launcher } from '../../processes/launcher.ts';
import type { EngineName } from '../../contract/run.ts';
import { entryModule } from '../../files/places.ts';
import { type EngineCheck, engineCheckSchema } from './choice.ts';

/** Milliseconds. CUDA compiles its kernels when it first uses a GPU; otherwise a check takes a second or two. */
const timeLimit = 60_000;

export interface CheckOptions {
  /** Ends the check, which then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds after which an engine that has not answered counts as hung. */
  limit?: number;
  /** Module that the process runs, and its environment. */
  entry?: string;
  environment?: NodeJS.ProcessEnv;
  /** How the process is started. Default: as a child process of Node. */
  launcher?: Launcher | undefined;
}

const outcomeSchema = engineCheckSchema.omit({ name: true });

/** Checks an engine in a process of its own. Gives an outcome even if that process crashes or hangs. */
export async function checkEngine(name: EngineName, options: CheckOptions = {}): Promise<EngineCheck> {
  const { signal, limit = timeLimit, entry = entryModule('training/engine-choice/check-process') } = options;
  signal?.throwIfAborted();
  const trial = { entry, name, environment: options.environment ?? process.env };
  const { kill, ended } = options.launcher ? launched(options.launcher, trial) : forked(trial);
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    kill();
  }, limit);
  signal?.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);
  try {
    const { message, ending, lastError } = await ended;
    signal?.throwIfAborted();
    if (message !== undefined) return { name, ...outcomeSchema.parse(message) };
    return failed(name, hung ? `did not answer within ${limit / 1000} s` : `${ending}${lastError && `: ${lastError}`}`);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    return failed(name, `gave an invalid answer: ${error instanceof Error ? error.message : error}`);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
    process.removeListener('exit', kill);
  }
}

const failed = (name: EngineName, note: string): EngineCheck => ({
  name,
  state: 'failed',
  note: note.replace(/\s+/g, ' ').slice(0, 1000),
  speed: null,
});

interface CheckOutput {
  message: unknown;
  /** How the process ended, e.g. `its process was ended by SIGSEGV`. */
  ending: string;
  /** Its last line on stderr. */
  lastError: string;
}

interface Trial {
  entry: string;
  name: EngineName;
  environment: NodeJS.ProcessEnv;
}

interface RunningTrial {
  kill(): void;
  ended: Promise<CheckOutput>;
}

/** A child process of Node; it receives the terminal's Ctrl-C like this one. */
function forked({ entry, name, environment: env }: Trial): RunningTrial {
  const child = fork(entry, [name], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [], env });
  let message: unknown;
  let errors = '';
  child.on('message', (received) => {
    message = received;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  const ended = new Promise<CheckOutput>((resolve) => {
    const end = (ending: string): void => resolve({ message, ending, lastError: lastLine(errors) });
    child.once('error', (error) => end(`its process could not be started: ${error.message}`));
    child.once('close', (code, by) => end(describeExit(code, by)));
  });
  return { ended, kill: () => void child.kill('SIGKILL') };
}

function launched(launcher: Launcher, { entry, name, environment }: Trial): RunningTrial {
  const { promise: ended, resolve } = Promise.withResolvers<CheckOutput>();
  let message: unknown;
  let output = '';
  const options = { entry, args: [name], environment, heapLimit: null };
  const { kill } = launcher.launch(options, {
    message: (received) => {
      message = received;
    },
    output: (text) => {
      output = (output + text).slice(-4000);
    },
    exit: ({ code, signal }) => resolve({ message, ending: describeExit(code, signal), lastError: lastLine(output) }),
  });
  return { ended, kill };
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

const describeExit = (code: number | null, by: string | null): string =>
  by ? `its process was ended by ${by}` : `its process ended with exit code ${code}`;
