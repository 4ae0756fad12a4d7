/** `npm start`. The window comes with a later version; until then this shows what the command line can do. */
import { join } from 'node:path';
import { main, runProgram } from './setup/program.mjs';
import { root } from './setup/root.mjs';
import { ensureSetUp } from './setup/set-up.mjs';

await main(async () => {
  const node = await ensureSetUp(root);
  process.stderr.write(
    'This version has no window yet. `npm run study` runs a whole study; the command line can do this:\n\n',
  );
  return runProgram(node, [join(root, 'main', 'hosts', 'cli', 'index.ts'), '--help']);
});
