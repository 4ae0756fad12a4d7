import { existsSync } from 'node:fs';
import { benchPython } from './peer.ts';

/** The Python with torch that the bench uses, if there is one already: tests install nothing. */
export function pythonForTests(): string | undefined {
  return process.env.BOUNDARY_PYTHON ?? (existsSync(benchPython()) ? benchPython() : undefined);
}

/** Added to the title of tests that need it. */
export const missingTorch = pythonForTests() ? '' : ': left out, PyTorch is not here (npm run bench sets it up)';
