import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { app } from 'electron';
import { cacheFolder, dataFolder, productFolder } from '../../files/places.ts';
import { prepareCache } from '../../files/private.ts';
import { openProgram } from './program.ts';
import { runShell } from './shell.ts';

const root = productFolder();
const outFolder = join(import.meta.dirname, '..', '..', '..');
const folder = resolve(dataFolder());
const log = (error: unknown): void => console.error(error);

// Chromium stores there what the page keeps.
prepareCache();

// No top-level await: Electron becomes ready only after this module has run.
runShell({
  outFolder,
  chromiumFolder: join(cacheFolder(), 'windows', folderId(folder)),
  icon: join(root, 'resources', 'icons', 'icon-256.png'),
  open: () => openProgram({ root, dataFolder: folder, page: join(outFolder, 'renderer'), log }),
  log,
}).catch((error: unknown) => {
  log(error);
  app.exit(1);
});

/** Each data folder has its own instance, window and browser storage. */
function folderId(data: string): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 12);
}
