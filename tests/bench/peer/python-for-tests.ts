import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../main/files/places.ts';

/** The Python with torch that the bench uses, if there is one already: tests install nothing. */
export function pythonForTests(): string | undefined {
  const installed = join(cacheFolder(), 'bench', 'pytorch', 'bin', 'python');
  return process.env.BOUNDARY_BENCH_PYTHON ?? (existsSync(installed) ? installed : undefined);
}

/** Added to the title of tests that need it. */
export const missingTorch = pythonForTests() ? '' : ': left out, PyTorch is not here (npm run bench sets it up)';
