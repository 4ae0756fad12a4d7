/** `npm run bench` (docs/performance.md). `landing`, `checkouts`, `analysis-scale`, `outside-scale`, `coverage` and `prove` are programs with their own options. */
import { join } from 'node:path';
import { ensureEngine, skipsEngine } from './setup/engine.mjs';
import { main, runProgram } from './setup/program.mjs';
import { root } from './setup/root.mjs';
import { ensureSetUp } from './setup/set-up.mjs';

const programs = ['landing', 'checkouts', 'analysis-scale', 'outside-scale', 'coverage', 'prove'];

await main(async () => {
  const args = process.argv.slice(2);
  const node = await ensureSetUp(root);
  if (!skipsEngine(args)) {
    const code = await ensureEngine(root, node);
    if (code !== 0) return code;
  }
  const [first = '', ...rest] = args;
  const [program, options] = programs.includes(first) ? [first, rest] : ['bench', args];
  return runProgram(node, [join(root, 'tests', 'bench', `${program}.ts`), ...options]);
});
