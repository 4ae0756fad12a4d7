import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { programLicenses } from './scripts/licenses.mjs';
import { oneFilePages } from './scripts/one-file-pages.mjs';

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
        input: [
          'main/hosts/electron/index.ts',
          'main/services/report/report-child.ts',
          'main/training/worker/worker.ts',
          'main/contributions/slurm/tasks/pack-child.ts',
          'main/contributions/slurm/tasks/probe-child.ts',
          'main/training/worker/preview-child.ts',
          'main/services/results/analysis-child.ts',
          'main/services/tasks/task-child.ts',
          'main/contributions/answers/reading-child.ts',
          'main/contributions/answers/results.ts',
          'main/contributions/answers/stored-models.ts',
          'main/contributions/archives/archive-child.ts',
          'main/contributions/draws/results.ts',
          'main/contributions/draws/run.ts',
          'main/contributions/effects/results.ts',
          'main/contributions/evaluation/evaluation-child.ts',
          'main/contributions/evaluation/results.ts',
          'main/contributions/formats/formats-child.ts',
          'main/contributions/groups/results.ts',
          'main/contributions/multiplicity/results.ts',
          'main/contributions/machine/machine-child.ts',
          'main/contributions/offline/kit-child.ts',
          'main/contributions/outside/model/model-child.ts',
          'main/contributions/outside/stored-models.ts',
          'main/contributions/sets/set-child.ts',
          'main/contributions/teaching/results.ts',
          'main/contributions/teaching/teaching-child.ts',
          'main/training/self-check/check-process.ts',
          'main/training/engines/tensorflow/install/smoke.ts',
        ],
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
      rolldownOptions: { input: { index: 'renderer/index.html' } },
    },
  },
});
