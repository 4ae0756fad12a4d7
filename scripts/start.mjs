/**
 * `npm start`: opens the workbench, in a window where Electron and a display are there, otherwise in a browser, saying
 * in one line why. The first start builds what is shown, and finds out, and says, which engine is best on this machine.
 *
 *   npm start -- [--host electron|browser] [--data FOLDER] [--port N] [--no-open]
 */
import { join } from 'node:path';
import { openWindow, windowObstacle } from './desktop.mjs';
import { sayBestEngine } from './setup/engine.mjs';
import { ensurePage } from './setup/page.mjs';
import { main, runProgram } from './setup/program.mjs';
import { root } from './setup/root.mjs';
import { say } from './setup/say.mjs';
import { ensureSetUp } from './setup/set-up.mjs';
import { readStartOptions, startHelp } from './start-options.mjs';

await main(async () => {
  const { host, help, dataFolder, browserWords } = readStartOptions(process.argv.slice(2));
  if (help) {
    process.stdout.write(startHelp);
    return 0;
  }
  const node = await ensureSetUp(root);
  const obstacle = host === 'browser' ? undefined : windowObstacle(root);
  if (host === 'electron' && obstacle !== undefined) {
    process.stderr.write(`No window: ${obstacle}.\n`);
    return 1;
  }
  if (await ensurePage(root, node)) say('The page is built.');
  const ended = new AbortController();
  const engines = sayBestEngine(root, node, ended.signal);
  try {
    if (host !== 'browser' && obstacle === undefined) return await openWindow(root, dataFolder);
    if (obstacle !== undefined) process.stderr.write(`No window: ${obstacle}. The workbench opens in a browser.\n`);
    return await runProgram(node, [join(root, 'main', 'hosts', 'browser', 'index.ts'), ...browserWords]);
  } finally {
    ended.abort();
    await engines;
  }
});
