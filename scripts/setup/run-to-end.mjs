import { spawn } from 'node:child_process';
import { programEnvironment } from './program.mjs';

/**
 * Runs a tool to its end without printing. @param {string} node @param {string[]} args @param {string} cwd
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runToEnd(node, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: programEnvironment(node) });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
