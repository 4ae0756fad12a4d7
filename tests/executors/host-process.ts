import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The counting host in a process of its own, and its output. */
export interface Host {
  process: ChildProcess;
  lines: string[];
  stderr: () => string;
  /** Process ids of its workers. */
  workers: () => number[];
  /** Resolves with the exit code or the signal. */
  ended: Promise<number | string>;
}

/** `onLine` is called with the number of lines so far. `delay`: milliseconds that a step takes, `silence`: a worker's most. */
export function startHost(
  folder: string,
  onLine: (count: number, host: Host) => void = () => undefined,
  delay = 2,
  silence = 120_000,
): Host {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'counting-host.ts'), folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, COUNTING_DELAY: String(delay), COUNTING_SILENCE: String(silence) },
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const host: Host = {
    process: child,
    lines: [],
    stderr: () => errors,
    workers: () => host.lines.map((line) => Number(/worker (\d+)$/.exec(line)?.[1])).filter((pid) => pid > 0),
    ended: new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'))),
  };
  createInterface({ input: child.stdout }).on('line', (line) => onLine(host.lines.push(line), host));
  return host;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when all of the processes have exited. */
export async function allGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 5));
}
