import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const entry = join(import.meta.dirname, '../../../main/hosts/cli/index.ts');

export interface Ended {
  /** Exit code, or the signal that ended it. */
  code: number | string;
  stdout: string;
  stderr: string;
}

export interface Running {
  process: ChildProcess;
  ended: Promise<Ended>;
}

/** Starts the real command line in a process group of its own, so that a test can kill all of it. */
export function startBoundary(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [entry, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...environment },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? 'unknown', ...output })),
  );
  return { process: child, ended };
}

/** Runs the real command line to its end. */
export const boundary = (words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  startBoundary(words, environment).ended;
