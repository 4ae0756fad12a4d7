/** `npm run dist [-- --dir]`: packages the desktop program for this system into dist/ (electron-builder.yml). */
import { join } from 'node:path';
import { electronBinary } from './desktop.mjs';
import { ensurePage } from './setup/page.mjs';
import { main } from './setup/program.mjs';
import { root } from './setup/root.mjs';
import { runToEnd } from './setup/run-to-end.mjs';
import { log, startStep } from './setup/log.mjs';
import { SetUpError } from './setup/set-up-error.mjs';
import { ensureSetUp } from './setup/set-up.mjs';
import { packagingProblem } from './packaging.mjs';

await main(async () => {
  const node = await ensureSetUp(root);
  await ensurePage(root, node);
  const binary = electronBinary(root);
  const builder = join(root, 'node_modules', 'electron-builder', 'cli.js');
  // The installed binary is the tested one and needs no download.
  const own = binary ? ['-c.electronDist=node_modules/electron/dist'] : [];
  const step = startStep('Packaging (electron-builder)');
  step.progress('this takes a few minutes');
  const args = [builder, '--publish', 'never', ...own, ...process.argv.slice(2)];
  const { code, output } = await runToEnd(node, args, root);
  if (code !== 0) {
    step.failed('failed');
    const { what, remedy } = packagingProblem(output, binary !== undefined);
    throw new SetUpError(what, remedy, output.trim().split('\n').slice(-12).join('\n'));
  }
  step.done();
  log(`The packages are in ${join(root, 'dist')}.`);
  return 0;
});
