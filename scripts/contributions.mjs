/**
 * `npm run check:contributions [-- NAME...] [--turn] [--tests]`: for each contribution in turn (or those named; with `--turn` one, another with each
 * commit), that without its
 * folders the program compiles, opens a data folder made with it, and starts; with `--tests` that all tests pass which do
 * not use it. Works on a copy.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namesOf, needsOf, withDependents } from './contribution-needs.mjs';
import { main, runProgram } from './setup/program.mjs';
import { root } from './setup/root.mjs';
import { ensureSetUp } from './setup/set-up.mjs';
import { importsOf } from './sources.mjs';

/** What is compiled besides tests. */
const program = ['main', 'preload', 'renderer', 'electron.vite.config.ts'];

/** Lists with a line for each contribution. */
const lists = ['main/contributions/all.ts', 'renderer/contributions/all.ts', 'electron.vite.config.ts'];

/** Folders of a contribution. @param {string} name */
export const foldersOf = (name) => ['main', 'renderer', 'tests'].map((place) => `${place}/contributions/${name}`);

/** One of the names, another with each commit. @param {readonly string[]} names @param {number} commits */
export const turnOf = (names, commits) => names.slice(commits % names.length).slice(0, 1);

/** Number of commits so far; 0 outside of a checkout. */
const commits = () =>
  Number(spawnSync('git', ['rev-list', '--count', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout) || 0;

/** A list of contributions without one. @param {string} text @param {string} name */
export const withoutLine = (text, name) =>
  text
    .split('\n')
    .filter((line) => !line.includes(`/${name}/`) && !new RegExp(`^\\s*${name}(: |,$)`).test(line))
    .join('\n')
    .replace(new RegExp(`\\b${name}, (?=[^(]*\\])`), '')
    .replace(new RegExp(`(, |\\[)${name}\\]`), (_, before) => (before === '[' ? '[]' : ']'));

/**
 * Modules that lead to one that is gone, and tests that make its calls. @param {ReadonlyMap<string, string>} texts
 * @param {readonly string[]} names of the contributions that are gone @returns {Set<string>}
 */
export function leadingToGone(texts, names) {
  const calls = new RegExp(`\\bclient\\.(${names.join('|')})\\b`);
  const gone = new Set([...texts].flatMap(([file, text]) => (/^tests\//.test(file) && calls.test(text) ? [file] : [])));
  for (let grows = true; grows; ) {
    const before = gone.size;
    for (const [file, text] of texts) {
      if (
        importsOf(file, text).some((path) => /\.(m?ts|tsx|mjs)$/.test(path) && (gone.has(path) || !texts.has(path)))
      ) {
        gone.add(file);
      }
    }
    grows = gone.size > before;
  }
  return gone;
}

/** A copy of the product without a contribution, what needs it, and the tests that use them. @param {string} name */
function copyWithout(name) {
  const folder = mkdtempSync(join(tmpdir(), `without-${name}-`));
  const names = withDependents(needsOf(root), name);
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' });
  const files = stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
  const kept = files.filter((path) => !names.flatMap(foldersOf).some((each) => path.startsWith(`${each}/`)));
  for (const path of kept) cpSync(join(root, path), join(folder, path));
  for (const path of lists) {
    const text = readFileSync(join(folder, path), 'utf8');
    writeFileSync(join(folder, path), names.reduce(withoutLine, text));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const sources = kept.filter((path) => /\.(m?ts|tsx|mjs)$/.test(path));
  const texts = new Map(sources.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
  const gone = [...leadingToGone(texts, names)];
  const core = gone.filter((path) => !path.startsWith('tests/'));
  if (core.length > 0)
    throw new Error(`without ${names.join(' and ')}, these modules lack what they import: ${core.join(', ')}`);
  for (const path of gone) rmSync(join(folder, path));
  const tests = (/** @type {readonly string[]} */ paths) => paths.filter((path) => path.endsWith('.test.ts')).length;
  const along = names.length > 1 ? `with ${names.slice(1).join(', ')}, ` : '';
  process.stdout.write(
    `[${name}] ${along}${tests(sources) - tests(gone)} files of tests remain, ${tests(gone)} use it\n`,
  );
  return folder;
}

/** @param {string} folder */
const commandLine = (folder) => join(folder, 'main', 'hosts', 'cli', 'index.ts');

/** Runs a command and gives what it prints. @param {string} node @param {string[]} args @param {string} cwd */
function output(node, args, cwd) {
  const { status, stdout, stderr } = spawnSync(node, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}

/** Whether a host of pages starts with the data folder. @param {string} node @param {string} folder @param {string} data */
async function starts(node, folder, data) {
  const args = [join(folder, 'main', 'hosts', 'browser', 'index.ts'), '--no-open', '--data', data];
  const host = spawn(node, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const text of host.stdout.setEncoding('utf8')) {
    if (!text.includes('http://')) continue;
    host.kill('SIGTERM');
    return true;
  }
  return false;
}

/**
 * @param {string} node @param {string} name @param {string} data a data folder with the sample study
 * @param {boolean} isTurn whether types of tests are left out, which take as long as all others
 * @param {boolean} withTests @returns {Promise<boolean>}
 */
async function check(node, name, data, isTurn, withTests) {
  const folder = copyWithout(name);
  const say = (/** @type {string} */ what, /** @type {boolean} */ passed) => {
    process.stdout.write(`[${name}] ${what}: ${passed ? 'passed' : 'FAILED'}\n`);
    return passed;
  };
  try {
    const run = async (/** @type {string[]} */ args) => (await runProgram(node, args, { cwd: folder })) === 0;
    const types = join(folder, 'tsconfig.types.json');
    writeFileSync(types, JSON.stringify({ extends: './tsconfig.json', ...(isTurn && { include: program }) }));
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    if (!say('types', await run([compiler, '--incremental', 'false', '--project', types]))) return false;
    const listed = output(node, [commandLine(folder), '--data', data, 'study', 'list'], folder);
    if (!say('a data folder made with it opens', listed.includes('sample'))) return false;
    if (!say('the host of pages starts', await starts(node, folder, data))) return false;
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    return !withTests || say('tests without it', await run([vitest, 'run', '--reporter=dot']));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    const node = await ensureSetUp(root);
    const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
    const names = namesOf(root);
    const isTurn = process.argv.includes('--turn');
    const chosen = named.length > 0 ? named : isTurn ? turnOf(names, commits()) : names;
    const data = mkdtempSync(join(tmpdir(), 'with-all-'));
    let failed = 0;
    try {
      const sample = join(root, 'resources', 'samples', 'sample-study.zip');
      output(node, [commandLine(root), '--data', data, 'study', 'import', sample], root);
      const withTests = process.argv.includes('--tests');
      for (const name of chosen) {
        if (!(await check(node, name, data, isTurn, withTests))) failed += 1;
      }
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
    return failed === 0 ? 0 : 1;
  });
}
