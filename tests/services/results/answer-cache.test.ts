import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { expect, test, vi } from 'vitest';
import { AnswerCache, codeVersion } from '../../../main/services/results/answers.ts';
import { repository } from '../../architecture/tools.ts';
import { answer } from '../../../main/services/results/service.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { openResults } from './people.ts';
import { asking } from './section-tables.ts';

/** Every module of main that the analysis process loads, itself included: paths from the repository. */
function loadedModules(path: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(path)) return loaded;
  loaded.add(path);
  const imports = readFileSync(path, 'utf8').matchAll(/^(?!import type).*?(?:from|import\()\s*'(\.[^']+)'/gm);
  for (const [, target = ''] of imports) loadedModules(resolve(dirname(path), target), loaded);
  return loaded;
}

/** A copy of what an installation has of the product: main, its packages' versions and the paper's values. */
function copyProduct(): string {
  const product = temporaryFolder();
  for (const path of ['main', 'resources/paper', 'package.json', 'package-lock.json']) {
    cpSync(join(repository, path), join(product, path), { recursive: true });
  }
  const lru = join(product, 'node_modules', 'lru-cache');
  mkdirSync(lru, { recursive: true });
  writeFileSync(join(lru, 'package.json'), '{"version":"11.0.0"}');
  return product;
}

const versionOf = (product: string): string =>
  codeVersion(join(product, 'main'), product, join(product, 'resources', 'paper'));

test('an answer is cached only for the version that computed it', () => {
  const folder = temporaryFolder();
  new AnswerCache(folder, () => 'a').put('question', { value: 1 });
  expect(new AnswerCache(folder, () => 'a').get('question')).toEqual({ value: 1 });
  expect(new AnswerCache(folder, () => 'b').get('question')).toBeUndefined();
  expect(new AnswerCache(folder, () => 'a').get('another')).toBeUndefined();
});

test('the newest 300 answers are kept', () => {
  const folder = temporaryFolder();
  const cache = new AnswerCache(folder, () => 'a');
  for (let k = 0; k < 303; k++) cache.put(`question ${k}`, k);
  expect(readdirSync(folder)).toHaveLength(300);
});

test('once an answer took long, quick answers about the same data are kept as well', async () => {
  const { results } = await openResults();
  const folder = temporaryFolder();
  const cache = new AnswerCache(folder, () => 'a');
  const people = { study: 'sample', labelers: null };
  let [now, takes] = [0, 1];
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += takes));
  answer(results, cache, 'labels', people);
  expect(readdirSync(folder)).toHaveLength(0);
  takes = 1000;
  answer(results, cache, 'people', people);
  takes = 1;
  const question = asking('types', people);
  const tables = answer(results, cache, 'tables', question);
  expect(readdirSync(folder)).toHaveLength(2);
  vi.spyOn(results, 'tables').mockImplementation(() => {
    throw new Error('computed again');
  });
  expect(answer(results, cache, 'tables', question)).toEqual(JSON.parse(JSON.stringify(tables)));
  clock.mockRestore();
});

test('a change to any module of the analysis process changes the version', () => {
  const product = copyProduct();
  const modules = [...loadedModules(join(repository, 'main', 'services', 'results', 'analysis-child.ts'))];
  const names = modules.map((path) => relative(repository, path));
  const folders = new Set(names.map((name) => name.split(sep)[1]));
  expect([...folders]).toEqual(
    expect.arrayContaining(['analysis', 'domain', 'contract', 'files', 'storage', 'services']),
  );
  const before = versionOf(product);
  expect(versionOf(product)).toBe(before);
  const seen = new Set([before]);
  // One module of each folder: a version costs 50 ms.
  const perFolder = new Map(names.map((name) => [dirname(name), name]));
  for (const name of perFolder.values()) {
    const path = join(product, name);
    expect(existsSync(path)).toBe(true);
    writeFileSync(path, `${readFileSync(path, 'utf8')}\n// another version\n`);
    const version = versionOf(product);
    expect([name, seen.has(version)]).toEqual([name, false]);
    seen.add(version);
  }
});

test.each([
  ['the lock file of the packages', 'package-lock.json'],
  ['the version of an installed package', 'node_modules/lru-cache/package.json'],
  ['the paper’s values', 'resources/paper/values.json'],
  ['a new module', 'main/analysis/new-measure.ts'],
])('a change to %s is another version', (_, path) => {
  const product = copyProduct();
  const before = versionOf(product);
  writeFileSync(join(product, path), '{"version":"11.0.1"}');
  expect(versionOf(product)).not.toBe(before);
});
