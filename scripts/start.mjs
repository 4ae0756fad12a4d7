/**
 * `npm start`: opens the window where Electron and a display are there; otherwise says in one line why not, and what
 * the command line can do instead. The first start finds out, and says, which engine is best on this machine.
 */
import { join } from 'node:path';
import { openWindow, windowObstacle } from './desktop.mjs';
import { sayBestEngine } from './setup/engine.mjs';
import { main, runProgram } from './setup/program.mjs';
import { root } from './setup/root.mjs';
import { ensureSetUp } from './setup/set-up.mjs';

await main(async () => {
  const node = await ensureSetUp(root);
  await sayBestEngine(root, node);
  const obstacle = windowObstacle(root);
  if (obstacle === undefined) return openWindow(root, node);
  process.stderr.write(
    `No window: ${obstacle}. \`npm run study\` runs a whole study; the command line can do this:\n\n`,
  );
  return runProgram(node, [join(root, 'main', 'hosts', 'cli', 'index.ts'), '--help']);
});
