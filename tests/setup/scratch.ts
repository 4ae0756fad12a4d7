import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { removal } from '../temporary-folder.ts';

/** A folder for one test, with a space in its name, as users have them. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'boundary set-up-'));
  onTestFinished(() => rmSync(folder, removal));
  return folder;
}

export function write(path: string, text: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/**
 * A real executable whose body is JavaScript (ES module; `args` are its arguments); found and started like any other
 * program.
 */
export function program(path: string, body: string): string {
  write(`${path}.mjs`, `const args = process.argv.slice(2);\n${body}`);
  write(path, `#!/bin/sh\nexec '${process.execPath}' '${path}.mjs' "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Starts polling until `condition` holds; the test's own timeout ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
