import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';

/** Runs a TypeScript program of this folder to its end; what it prints goes to stderr. @throws Error if it fails */
export async function runScript(script: string, args: readonly string[], environment = process.env): Promise<void> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const code = await new Promise((resolve, reject) => {
    const words = ['--disable-warning=ExperimentalWarning', path, ...args];
    const child = spawn(process.execPath, words, { stdio: ['ignore', process.stderr, 'inherit'], env: environment });
    child.on('error', reject);
    child.on('close', (exit, signal) => resolve(exit ?? signal));
  });
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
}

/** Runs one of the programs that write what they found with `--json FILE`, and reads that. */
export async function scriptResult<T>(script: string, args: readonly string[], schema: z.ZodType<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const file = join(folder, 'result.json');
    await runScript(script, [...args, '--json', file]);
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
