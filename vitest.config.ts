import { configDefaults, defineConfig } from 'vitest/config';

/**
 * Tests run in processes (`forks`), not threads: better-sqlite3 and the TensorFlow binding are native, and a crash of
 * one must cost one test file. Three at a time for the two cores of the smallest machine that we support: tests of the
 * page and of labeling desks mostly wait.
 */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Makes pictures for the documents where they are asked for.
    exclude: [...configDefaults.exclude, ...(process.env.BOUNDARY_SCREENSHOTS ? [] : ['tests/renderer/pictures/**'])],
    globalSetup: ['tests/build-kernels.ts', 'tests/run-folder.ts'],
    setupFiles: ['tests/fixed-seed.ts'],
    environment: 'node',
    // Trainings would give way to everything that runs beside the tests.
    env: { BOUNDARY_PRIORITY: 'normal' },
    pool: 'forks',
    maxWorkers: 3,
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
