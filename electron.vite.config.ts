import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { entriesOf } from './scripts/entries.mjs';
import { programLicenses } from './scripts/licenses.mjs';
import { oneFilePages, withoutUnusedNames } from './scripts/one-file-pages.mjs';

/** Pages that are one file each, by name. */
const pages = {
  'kit.html': { title: 'Labeling', script: 'renderer/contributions/offline/kit/main.tsx' },
};

/**
 * The desktop program's three parts, into out/. Main keeps its dependencies outside the bundle (two are native) and the
 * folders of the source, so that a module finds its neighbours from source and built alike; its workers and its trials
 * of engines are entries of their own, as they run in processes of their own. The preload script is one CommonJS file
 * with all that it needs, because a sandboxed one can require nothing but electron.
 */
export default defineConfig({
  main: {
    build: {
      rolldownOptions: {
        input: ['hosts/electron/index', ...entriesOf(import.meta.dirname)].map((entry) => `main/${entry}.ts`),
        output: { preserveModules: true, preserveModulesRoot: 'main', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react(), oneFilePages(pages), programLicenses()],
    build: {
      minify: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { index: 'renderer/index.html' }, treeshake: withoutUnusedNames },
    },
  },
});
