import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, type Plugin } from 'vite';
import { openBrowserHost } from '../../../main/hosts/browser/server.ts';
import { callHandlers } from '../../../main/hosts/calls/handlers.ts';
import { routerWith } from '../../../main/services/api/router.ts';
import type { Lab } from '../../../main/services/lab/lab.ts';
import { repository } from '../../architecture/tools.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { hello } from './index.ts';

/** Puts the list of this folder in the place of that of the product. */
const listOfHello: Plugin = {
  name: 'list-of-hello',
  enforce: 'pre',
  resolveId: (source) =>
    source.endsWith('/contributions/all.ts') ? fileURLToPath(new URL('./all.ts', import.meta.url)) : null,
};

/** Builds the product's page with hello as its only contribution, and serves it to a browser, with the calls. */
export async function servePage(lab: Lab) {
  const outDir = join(temporaryFolder(), 'page');
  await build({
    root: join(repository, 'renderer'),
    configFile: false,
    logLevel: 'error',
    plugins: [react(), listOfHello],
    build: { outDir, minify: false, modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  });
  const log = (error: unknown): void => console.error(error);
  const { newAddress, close } = await openBrowserHost({
    page: { root: outDir, lab, log },
    calls: callHandlers(routerWith([hello]), { lab, log }),
    port: 0,
  });
  return { newAddress: () => Promise.resolve(newAddress()), close };
}
