/** `npm run mutate` (docs/testing.md). */
import { join } from 'node:path';
import { main, runProgram } from './setup/program.mjs';
import { root } from './setup/root.mjs';
import { ensureSetUp } from './setup/set-up.mjs';

await main(async () => {
  const node = await ensureSetUp(root);
  return runProgram(node, [join(root, 'tests', 'mutate', 'mutate.ts'), ...process.argv.slice(2)]);
});
