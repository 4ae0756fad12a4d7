import { join } from 'node:path';
import { app } from 'electron';
import type { CallHandlers } from '../../contract/calls.ts';
import { cacheFolder, dataFolder } from '../../files/places.ts';
import { listStudies } from '../../services/overview.ts';
import { runShell } from './shell.ts';

const folder = dataFolder();

const handlers: CallHandlers = {
  'app.info': () => ({
    version: app.getVersion(),
    runtime: {
      electron: process.versions.electron ?? 'none',
      chrome: process.versions.chrome ?? 'none',
      node: process.versions.node,
    },
    dataFolder: folder,
  }),
  'studies.list': () => listStudies(folder),
};

// No top-level await: Electron becomes ready only after this module has run.
runShell({
  outFolder: join(import.meta.dirname, '..'),
  chromiumFolder: join(cacheFolder(), 'window'),
  openHandlers: () => handlers,
  log: (error) => console.error(error),
}).catch((error: unknown) => {
  console.error(error);
  app.exit(1);
});
