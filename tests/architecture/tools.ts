import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a script of an installed package, e.g. `typescript/bin/tsc`, without a shell and without PATH. */
export function runTool(script: string, args: readonly string[], cwd = repository) {
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [join(repository, 'node_modules', script), ...args],
    { cwd, encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined } },
  );
  if (error) throw error;
  return { status, stdout, stderr };
}
