/** `npm run -s boundary -- ...` and `npm run study`. Only `study run` installs TensorFlow; the others start at once. */
import { join } from 'node:path';
import { ensureEngine, skipsEngine } from './setup/engine.mjs';
import { main, runProgram } from './setup/program.mjs';
import { root } from './setup/root.mjs';
import { ensureSetUp } from './setup/set-up.mjs';

await main(async () => {
  const args = process.argv.slice(2);
  const node = await ensureSetUp(root);
  if (args[0] === 'study' && args[1] === 'run' && !skipsEngine(args)) {
    const code = await ensureEngine(root, node);
    if (code !== 0) return code;
  }
  return runProgram(node, [join(root, 'main', 'hosts', 'cli', 'index.ts'), ...args]);
});
