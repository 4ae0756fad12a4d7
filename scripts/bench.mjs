/** `npm run bench -- NAME ...`: sets the product up where needed and runs one of tests/bench. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { main, runProgram } from './setup/program.mjs';
import { root } from './setup/root.mjs';
import { SetUpError } from './setup/set-up-error.mjs';
import { ensureSetUp } from './setup/set-up.mjs';

await main(async () => {
  const folder = join(root, 'tests', 'bench');
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length));
  const [name, ...words] = process.argv.slice(2);
  if (!name || !names.includes(name))
    throw new SetUpError('Say which benchmark', `npm run bench -- ${names.join(' | ')}`);
  const node = await ensureSetUp(root);
  return runProgram(node, [join(folder, `${name}.ts`), ...words]);
});
