import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UserError } from '../../../../contract/wire/errors.ts';

/** The programs that an installation needs, found on this machine. */
export interface Tools {
  python: string;
  /** Major and minor version of pip, e.g. [23, 2]. */
  pip: [number, number];
  compiler: string;
}

type Environment = Record<string, string | undefined>;

/** Finds python3 with pip, and the compiler. @throws UserError `engine.tools-missing`, which names all missing tools */
export async function findTools(environment: Environment): Promise<Tools> {
  const python = findProgram('python3', environment);
  const compiler = findCompiler(environment);
  const pip = python ? await pipVersion(python, environment) : undefined;
  if (python && pip && compiler) return { python, pip, compiler };
  const missing = [
    ...(python ? [] : ['python3 with pip']),
    ...(python && !pip ? ['pip for python3'] : []),
    ...(compiler ? [] : ['the C++ compiler g++']),
  ];
  const packages = [...(pip ? [] : ['python3-pip']), ...(compiler ? [] : ['g++'])];
  throw new UserError(
    'engine.tools-missing',
    `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing`,
    'PATH',
    `To use TensorFlow, install them (Debian, Ubuntu: apt install ${packages.join(' ')}).`,
  );
}

/** g++, or what CXX names. */
export function findCompiler(environment: Environment): string | undefined {
  return findProgram(environment.CXX || 'g++', environment);
}

/** An executable file on PATH, or at the path that is given. */
export function findProgram(name: string, environment: Environment): string | undefined {
  const candidates = name.includes('/')
    ? [name]
    : (environment.PATH ?? '')
        .split(delimiter)
        .filter(Boolean)
        .map((folder) => join(folder, name));
  return candidates.find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

async function pipVersion(python: string, environment: Environment): Promise<[number, number] | undefined> {
  const { code, stdout } = await runToEnd(python, ['-m', 'pip', '--version'], { env: environment, timeoutMs: 60_000 });
  const version = /^pip (\d+)\.(\d+)/.exec(stdout);
  return code === 0 && version ? [Number(version[1]), Number(version[2])] : undefined;
}

export interface Finished {
  /** Null if a signal killed it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program without a terminal or a shell until it exits. A program that cannot start exits with code 127. */
export function runToEnd(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.env && { env: options.env }),
      ...(options.cwd && { cwd: options.cwd }),
      ...(options.signal && { signal: options.signal, killSignal: 'SIGKILL' as const }),
      ...(options.timeoutMs && { timeout: options.timeoutMs, killSignal: 'SIGKILL' as const }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error) => resolve({ code: 127, stdout, stderr: `${stderr}${error.message}` }));
    child.on('exit', (_, signal) => {
      if (signal !== 'SIGKILL') return;
      // Processes that it started itself may hold them open.
      child.stdout.destroy();
      child.stderr.destroy();
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The last lines of a program's output, for an error message. */
export function lastLines(text: string, count = 3): string {
  return text.trim().split('\n').slice(-count).join(' / ');
}
