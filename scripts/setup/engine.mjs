/** Second stage of set-up: the optional TensorFlow engine, once per machine. Without it, wasm is used. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programEnvironment, runProgram } from './program.mjs';
import { log } from './log.mjs';

/** Whether this start uses the wasm engine or only prints help. @param {readonly string[]} [args] */
export function skipsEngine(args = [], environment = process.env) {
  const named = args.flatMap((word, index) =>
    word === '--engine' ? [args[index + 1]] : word.startsWith('--engine=') ? [word.slice('--engine='.length)] : [],
  );
  if (args.includes('--help') || args.includes('-h')) return true;
  return (named.at(-1) ?? environment.BOUNDARY_ENGINE) === 'wasm';
}

/** Installs the engine if possible; not 0 if that was interrupted. @param {string} root @param {string} node */
export function ensureEngine(root, node) {
  const installer = join(root, 'main', 'training', 'engines', 'tensorflow', 'install', 'cli.ts');
  return runProgram(node, [installer, '--automatic'], { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
}

/**
 * Checks the engines if that has not been done on this machine, and prints the fastest one. A failure does not prevent
 * the start: the next study checks them again and explains. @param {string} root
 * @param {string} node a Node that runs TypeScript @param {AbortSignal} [signal] cancels the check
 */
export async function logBestEngine(root, node, signal) {
  const commandLine = join(root, 'main', 'hosts', 'cli', 'index.ts');
  const args = ['--disable-warning=ExperimentalWarning', commandLine, 'engine', 'check', '--if-needed'];
  try {
    const { stdout } = await promisify(execFile)(node, args, {
      cwd: root,
      env: programEnvironment(node),
      ...(signal && { signal }),
    });
    for (const line of stdout.split('\n').filter(Boolean)) log(line);
  } catch (error) {
    if (signal?.aborted) return;
    const reason = error instanceof Error ? error.message.split('\n').at(-1) : String(error);
    log(`The engines could not be checked: ${reason}`);
  }
}
