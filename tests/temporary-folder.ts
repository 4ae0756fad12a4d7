import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A process that has just been killed may have children that still write. */
export const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };

/** A folder of the test's own, removed when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'boundary-test-'));
  onTestFinished(() => rmSync(folder, removal));
  return folder;
}
