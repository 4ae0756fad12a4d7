/** Stage two of set-up: the TensorFlow engine, once a machine. It is wished for, not needed: wasm serves without it. */
import { join } from 'node:path';
import { runProgram } from './program.mjs';

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
