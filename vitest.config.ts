import { availableParallelism, totalmem } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Folders whose test files share processes, which saves a second or two a file: the process starts and loads the program
 * once. Each file begins with what `tests/clean-process.ts` leaves of the one before.
 */
const sharing =
  'analysis|architecture|contributions|domain|exhibits|files|kept|mutate|processes|renderer|reports|services|setup|storage';
/** Of other folders: files that open no engine. */
const parts = [
  'tests/{bench,contract,hosts/calls}/*.test.ts',
  'tests/training/{data/sources,weights}/*.test.ts',
  'tests/training/engines/wasm/!(memory).test.ts',
  'tests/training/classifier/{decisions,mixup,soft-labels,target-stop}.test.ts',
];
const shared = [`tests/@(${sharing})/**/*.test.ts`, ...parts];
const others = [`tests/!(${sharing})/**/*.test.ts`];

/** Files there that need a process of their own: they open an engine, replace a module or measure pauses. */
const alone = [
  'tests/services/{generators,stimuli}/*.test.ts',
  'tests/contributions/answers/hostile-files.test.ts',
  'tests/contributions/draws/run.test.ts',
  'tests/contributions/evaluation/color.test.ts',
  'tests/contributions/archives/{hostile,round-trip}.test.ts',
  'tests/contributions/weights/*.test.ts',
  'tests/contributions/offline/hostile-results.test.ts',
  'tests/contributions/slurm/{built,campaign,folder-watch,packed-task,real,shared-folder,shared-links,slurm-executor,stops}.test.ts',
  'tests/services/report/own-process.test.ts',
];

/** Pictures for the documents are made where they are asked for. */
const never = [...configDefaults.exclude, ...(process.env.BOUNDARY_SCREENSHOTS ? [] : ['tests/renderer/pictures/**'])];

/** Folders whose files mostly take a moment. */
const brief = /\/tests\/(analysis|contract|domain|exhibits|files|mutate|setup)\//;

/**
 * A machine that has never run the tests knows no times and begins with the largest files. The end of a run is then for
 * brief ones, so that no processor waits for the last long file.
 */
class BriefFilesLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const byProject = Map.groupBy(await super.sort(files), ({ project }) => project.name);
    return [...byProject.values()].flatMap((own) => {
      const { long = [], short = [] } = Object.groupBy(own, ({ moduleId }) =>
        brief.test(moduleId) ? 'short' : 'long',
      );
      return [...long, ...short];
    });
  }
}

/**
 * Two a core, as tests of the page and of labeling desks mostly wait; with three, the longest ones run into their limits of
 * time. One needs up to 1 GiB.
 */
const workers = Math.max(2, Math.min(2 * availableParallelism(), Math.floor(totalmem() / 2 ** 30) - 1));

/**
 * Tests run in processes (`forks`), not threads: better-sqlite3 and the TensorFlow binding are native, and a crash of
 * one must cost one test file.
 */
export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'alone', include: [...others, ...alone], exclude: [...never, ...parts] } },
      { extends: true, test: { name: 'shared', include: shared, exclude: [...never, ...alone], isolate: false } },
    ],
    globalSetup: ['tests/build-kernels.ts', 'tests/run-folder.ts'],
    setupFiles: ['tests/fixed-seed.ts', 'tests/clean-process.ts'],
    environment: 'node',
    // Trainings would give way to everything that runs beside the tests.
    env: { BOUNDARY_PRIORITY: 'normal' },
    pool: 'forks',
    maxWorkers: workers,
    sequence: { sequencer: BriefFilesLast },
    // Times within which a test on a busy machine ends; what has to be fast is measured by `npm run bench`.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // A crash of Chromium itself, seen once in some thousand pages, says nothing of the program; a second one fails.
    retry: { count: 1, condition: /(Page|Target) crashed/ },
    expect: { poll: { timeout: 30_000 } },
    teardownTimeout: 10_000,
    watch: false,
  },
});
