/** Runs the program in place of the script: same terminal, same signals, same exit code. */
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { SetUpError } from './set-up-error.mjs';
import { signalExitCode, forwardSignals } from './signals.mjs';

/** @typedef {import('node:child_process').StdioOptions} StdioOptions */

/** The environment of the program: `node` on PATH is the Node that it runs on. @param {string} node */
export function programEnvironment(node, environment = process.env) {
  return { ...environment, PATH: [dirname(node), environment.PATH].filter(Boolean).join(delimiter) };
}

/**
 * Runs the product (or a tool) with the given Node and waits for its end. @param {string} node @param {string[]} args
 * @param {{ cwd?: string, stdio?: StdioOptions }} [options]
 * @returns {Promise<number>} exit code; 128 + n if signal n ended it
 */
export function runProgram(node, args, { cwd = process.cwd(), stdio = 'inherit' } = {}) {
  // Node 24 before 24.12 prints a warning about type stripping at each start.
  const nodeArgs = ['--disable-warning=ExperimentalWarning', ...args];
  return run(node, nodeArgs, { cwd, stdio, env: programEnvironment(node) });
}

/**
 * Forwards signals to the program while it runs; this process stays to report its exit code. @param {string} command
 * @param {string[]} args @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<number>} exit code; 128 + n if signal n ended it
 */
export function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const { child, stop } = forwardSignals(() => spawn(command, args, { stdio: 'inherit', ...options }));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      stop();
      resolve(code ?? signalExitCode(signal ?? 'SIGTERM'));
    });
  });
}

/** Runs a script's body, and ends the process with its exit code. @param {() => Promise<number>} body */
export async function main(body) {
  try {
    process.exitCode = await body();
  } catch (error) {
    process.stderr.write(
      `${error instanceof SetUpError ? error.format() : error instanceof Error ? error.stack : error}\n`,
    );
    process.exitCode = 1;
  }
}
