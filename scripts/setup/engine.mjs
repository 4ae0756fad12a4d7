/** Stage two of set-up: the TensorFlow engine, once a machine. It is wished for, not needed: wasm serves without it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programEnvironment, runProgram } from './program.mjs';
import { say } from './say.mjs';

/**
 * Whether this start asks for the wasm engine, by `--engine wasm` or the environment, or only for help.
 * @param {readonly string[]} [args]
 */
export function skipsEngine(args = [], environment = process.env) {
  const named = args.flatMap((word, index) =>
    word === '--engine' ? [args[index + 1]] : word.startsWith('--engine=') ? [word.slice('--engine='.length)] : [],
  );
  if (args.includes('--help') || args.includes('-h')) return true;
  return (named.at(-1) ?? environment.BOUNDARY_ENGINE) === 'wasm';
}

/**
 * Installs the engine if it is not there; says in one line if it cannot be.
 * @param {string} root
 * @param {string} node a Node that runs TypeScript
 * @returns {Promise<number>} 0, unless the installer was interrupted or broke: then its exit code
 */
export function ensureEngine(root, node) {
  const installer = join(root, 'main', 'training', 'engines', 'tensorflow', 'install', 'cli.ts');
  return runProgram(node, [installer, '--automatic'], { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
}

/**
 * Has the engines tried where it is not known yet which one is best here, and says which one it is. Nothing that goes
 * wrong here keeps the product from starting: a study tries them again, and explains.
 * @param {string} root
 * @param {string} node a Node that runs TypeScript
 * @param {AbortSignal} [signal] ends the trial: nobody waits for it any more
 */
export async function sayBestEngine(root, node, signal) {
  const commandLine = join(root, 'main', 'hosts', 'cli', 'index.ts');
  const words = ['--disable-warning=ExperimentalWarning', commandLine, 'engine', 'check', '--if-needed'];
  try {
    const { stdout } = await promisify(execFile)(node, words, {
      ...{ cwd: root, env: programEnvironment(node) },
      ...(signal && { signal }),
    });
    for (const line of stdout.split('\n').filter(Boolean)) say(line);
  } catch (error) {
    if (signal?.aborted) return;
    const reason = error instanceof Error ? error.message.split('\n').at(-1) : String(error);
    say(`The engines could not be tried: ${reason}`);
  }
}
