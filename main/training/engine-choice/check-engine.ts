import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { EngineName } from '../../contract/run.ts';
import { type EngineCheck, engineCheckSchema } from './choice.ts';

/** Milliseconds. CUDA compiles its kernels for a GPU that it has not seen; anything else takes a second or two. */
const patience = 60_000;

export interface CheckOptions {
  /** Ends the check, which then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds until an engine that says nothing is taken for hung. */
  limit?: number;
  /** Module that the process runs, and its environment. */
  entry?: string;
  environment?: NodeJS.ProcessEnv;
}

const ownEntry = join(import.meta.dirname, 'check-process.ts');
const outcomeSchema = engineCheckSchema.omit({ name: true });

/** Tries an engine in a process of its own. Whatever that process does, this gives an outcome. */
export async function checkEngine(name: EngineName, options: CheckOptions = {}): Promise<EngineCheck> {
  const { signal, limit = patience, entry = ownEntry, environment: env = process.env } = options;
  signal?.throwIfAborted();
  const child = fork(entry, [name], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [], env });
  const kill = (): void => void child.kill('SIGKILL');
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    kill();
  }, limit);
  signal?.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);
  try {
    const { message, ending, complaint } = await lastWords(child);
    signal?.throwIfAborted();
    if (message !== undefined) return { name, ...outcomeSchema.parse(message) };
    return failed(name, hung ? `did not answer within ${limit / 1000} s` : `${ending}${complaint && `: ${complaint}`}`);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    return failed(name, `answered with nonsense: ${error instanceof Error ? error.message : error}`);
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

interface LastWords {
  message: unknown;
  /** How the process ended, e.g. `its process was ended by SIGSEGV`. */
  ending: string;
  /** The last line that it wrote on stderr. */
  complaint: string;
}

function lastWords(child: ChildProcess): Promise<LastWords> {
  let message: unknown;
  let errors = '';
  child.on('message', (said) => {
    message = said;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  return new Promise((resolve) => {
    const end = (ending: string): void =>
      resolve({ message, ending, complaint: errors.trim().split('\n').at(-1) ?? '' });
    child.once('error', (error) => end(`its process could not be started: ${error.message}`));
    child.once('close', (code, by) =>
      end(by ? `its process was ended by ${by}` : `its process ended with exit code ${code}`),
    );
  });
}
