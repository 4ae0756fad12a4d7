import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

/**
 * The desktop program's three parts, into out/. Main keeps its dependencies outside the bundle (two are native); the
 * preload script is one CommonJS file with all that it needs, because a sandboxed one can require nothing but electron.
 */
export default defineConfig({
  main: {
    build: {
      rolldownOptions: { input: { index: 'main/hosts/electron/index.ts' } },
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
    plugins: [react()],
    build: {
      minify: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { index: 'renderer/index.html' } },
    },
  },
});
