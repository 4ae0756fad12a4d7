/**
 * `npm test`: runs set-up if needed, checks types, style and that contributions can be deleted, and runs all tests. The
 * last line is `N passed, N failed, N skipped`; the exit code is 0 if none failed. Words after `--` go to vitest and
 * choose tests, which start at once, without the checks: `npm test -- tests/domain`.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureEngine, skipsEngine } from './setup/engine.mjs';
import { npmCommand } from './setup/npm.mjs';
import { main, programEnvironment, run, runProgram } from './setup/program.mjs';
import { root } from './setup/root.mjs';
import { ensureSetUp } from './setup/set-up.mjs';
import { browserPath } from './setup/test-browser.mjs';
import { addCounts, checkCounts, closing, countTests, slowestFiles } from './setup/test-counts.mjs';

/** Package scripts; each counts as one test. Layers are checked by `tests/architecture`. */
const checks = ['check:types', 'check:lint', 'check:turn'];

const none = { passed: 0, failed: 0, skipped: 0 };

/** Test files that are named with their times. */
const slowest = 10;

await main(async () => {
  const node = await ensureSetUp(root);
  const chosen = process.argv.slice(2);
  const isPart = chosen.length > 0;
  let engine = 0;
  const testAll = async () => {
    engine = skipsEngine() ? 0 : await ensureEngine(root, node);
    return engine === 0 ? runTests(node, chosen) : none;
  };
  // Downloading and compiling the engine leaves time for checks, and so do tests, which often wait.
  const [checked, ran] = await Promise.all([isPart ? none : checkAll(node), testAll()]);
  if (engine !== 0) return engine;
  const tested = addCounts(checked, ran);
  if (isPart) process.stdout.write('Types, style and layers are checked in complete runs only: npm run check\n');
  const { counts, line } = closing(tested, browserPath !== undefined, Boolean(process.env.CI));
  process.stdout.write(`\n${line}\n`);
  return counts.failed === 0 ? 0 : 1;
});

/** @param {string} node */
async function checkAll(node) {
  let counts = none;
  for (const name of checks) counts = addCounts(counts, await check(node, name));
  return counts;
}

/** @param {string} node @param {string} name */
async function check(node, name) {
  const started = performance.now();
  const [npm, first, shell] = npmCommand();
  const code = await run(npm, [...first, 'run', '--silent', name], { cwd: root, shell, env: programEnvironment(node) });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`[${name}] ${code === 0 ? 'passed' : 'FAILED'} (${seconds} s)\n`);
  return checkCounts(code);
}

/** @param {string} node @param {string[]} filters */
async function runTests(node, filters) {
  const report = join(root, '.cache', 'vitest-report.json');
  mkdirSync(join(root, '.cache'), { recursive: true });
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const code = await runProgram(node, [vitest, 'run', ...reporters, ...filters], { cwd: root });
  const results = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  for (const { name, seconds } of slowestFiles(results, slowest)) {
    process.stdout.write(`[slow] ${seconds.toFixed(0)} s ${relative(root, name)}\n`);
  }
  return countTests(results, code);
}
