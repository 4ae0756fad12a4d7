import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder for all processes of one run of the tests: code that one of them has compiled, and what `madeOnce` makes. Gives
 * what removes it.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'boundary-run-'));
  process.env.BOUNDARY_TEST_RUN = folder;
  // Before any module is loaded, and for processes whose BOUNDARY_CACHE is their own.
  process.env.NODE_COMPILE_CACHE = join(folder, 'code');
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
