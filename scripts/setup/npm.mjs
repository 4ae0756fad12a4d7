/** Runs the npm that started this process. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { signalExitCode, killOnSignal } from './signals.mjs';

const keptLines = 15;

/** Lines of npm that do not explain a failure. */
const irrelevant = /^npm (http|info|verb|timing|notice|warn EBADENGINE|warn deprecated)/;

/** This process's npm, otherwise npm on PATH. @returns {[command: string, first: string[], shell: boolean]} */
export function npmCommand(environment = process.env) {
  const script = environment.npm_execpath;
  if (script && basename(script) === 'npm-cli.js' && existsSync(script)) return [process.execPath, [script], false];
  return process.platform === 'win32' ? ['npm.cmd', [], true] : ['npm', [], false];
}

/** With `node` on PATH, and a cache in the product folder if the usual one is read-only. @param {string} root */
export function npmEnvironment(root, environment = process.env) {
  const cache = environment.npm_config_cache ?? join(homedir(), '.npm');
  return {
    ...environment,
    PATH: [environment.PATH, dirname(process.execPath)].filter(Boolean).join(delimiter),
    ...(isWritable(cache) ? {} : { npm_config_cache: join(root, '.cache', 'npm') }),
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
  };
}

/** Creates and writes, as permissions do not show a read-only disk or a quota. @param {string} folder */
function isWritable(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    rmdirSync(mkdtempSync(join(folder, '.writable-')));
    return true;
  } catch {
    return false;
  }
}

/**
 * @typedef {object} Listener
 * @property {(pid: number | undefined) => void} onStart
 * @property {(line: string) => void} [onLine] called with each line of output
 */

/** @param {string[]} args @param {string} root @param {Listener} listener */
export function runNpm(args, root, listener) {
  const [command, first, shell] = npmCommand();
  return runQuietly(command, [...first, ...args], { cwd: root, env: npmEnvironment(root), shell }, listener);
}

/**
 * Runs a program, passes each line of its output to `onLine`, and keeps the last relevant lines. A signal ends the
 * program and then this process. @param {string} command @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, shell?: boolean }} options @param {Listener} listener
 * @returns {Promise<{ code: number | null, errors: string }>} code null: ended by a signal
 */
export function runQuietly(command, args, options, { onStart, onLine }) {
  return new Promise((resolve, reject) => {
    const detached = process.platform !== 'win32';
    const { child, stop } = killOnSignal(() =>
      spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached }),
    );
    onStart(child.pid);
    /** @type {string[]} */
    const kept = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        onLine?.(line);
        if (!line.trim() || irrelevant.test(line)) return;
        kept.push(line);
        if (kept.length > keptLines) kept.shift();
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      const signal = stop();
      if (signal) process.exit(signalExitCode(signal));
      resolve({ code, errors: kept.join('\n') });
    });
  });
}
