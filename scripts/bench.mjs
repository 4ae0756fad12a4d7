/**
 * `npm run bench`: sets the product up where needed and runs the benchmarks (docs/performance.md). `landing` and
 * `analysis-scale` are programs of their own, with options of their own.
 */
import { join } from 'node:path';
import { ensureEngine, skipsEngine } from './setup/engine.mjs';
import { main, runProgram } from './setup/program.mjs';
import { root } from './setup/root.mjs';
import { ensureSetUp } from './setup/set-up.mjs';

const programs = ['landing', 'analysis-scale'];

await main(async () => {
  const words = process.argv.slice(2);
  const node = await ensureSetUp(root);
  if (!skipsEngine(words)) {
    const code = await ensureEngine(root, node);
    if (code !== 0) return code;
  }
  const [first = '', ...rest] = words;
  const [program, args] = programs.includes(first) ? [first, rest] : ['bench', words];
  return runProgram(node, [join(root, 'tests', 'bench', `${program}.ts`), ...args]);
});
