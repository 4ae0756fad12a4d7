/**
 * `npm start`: opens the workbench in a window if Electron and a display are available; otherwise prints the reason and
 * opens it in a browser. The first start builds the page and checks which engine is fastest on this machine.
 *
 *   npm start -- [--host electron|browser] [--data FOLDER] [--port N] [--no-open]
 */
import { join } from 'node:path';
import { openWindow, windowObstacle } from './desktop.mjs';
import { logBestEngine } from './setup/engine.mjs';
import { ensurePage } from './setup/page.mjs';
import { main, runProgram } from './setup/program.mjs';
import { root } from './setup/root.mjs';
import { log } from './setup/log.mjs';
import { ensureSetUp } from './setup/set-up.mjs';
import { readStartOptions, startHelp } from './start-options.mjs';

await main(async () => {
  const { host, help, dataFolder, browserArguments } = readStartOptions(process.argv.slice(2));
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
  if (await ensurePage(root, node)) log('The page is built.');
  const ended = new AbortController();
  const engines = logBestEngine(root, node, ended.signal);
  try {
    if (host !== 'browser' && obstacle === undefined) return await openWindow(root, dataFolder);
    if (obstacle !== undefined) process.stderr.write(`No window: ${obstacle}. The workbench opens in a browser.\n`);
    return await runProgram(node, [join(root, 'main', 'hosts', 'browser', 'index.ts'), ...browserArguments]);
  } finally {
    ended.abort();
    await engines;
  }
});
