import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { longestTest, longTests } from './long-tests.ts';
import { brokenRules, longestFile, sourceRules } from './source-rules.ts';
import { repository } from './tools.ts';

const sourceFolders = ['main', 'preload', 'renderer', 'scripts', 'tests'];

function sources(): string[] {
  return sourceFolders.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
      .filter((path) => /\.(ts|tsx|mjs|cjs|css|html)$/.test(path)),
  );
}

const code = (...parts: string[]) => parts.join('');

/** One line for each rule that breaks it: rule, file, text. In pieces, so that this file keeps the rules itself. */
const planted: readonly (readonly [rule: string, path: string, line: string])[] = [
  ['no unseeded randomness', 'main/training/x.ts', code('const x = Math', '.random();')],
  ['no clock in pure code', 'main/domain/x.ts', code('const t = Date', '.now();')],
  ['the words of the glossary', 'renderer/x.tsx', code("label: 'Step", " size'")],
  ['the words of the glossary', 'main/x.ts', code("remedy: 'Me", "nd it.'")],
  ['American spelling in sentences', 'renderer/x.tsx', code("reason: 'Nobody has labe", "lled yet.'")],
  ['American spelling in sentences', 'main/services/x.ts', code('`Neigh', 'bouring alphas of a pair`')],
  ['no random bytes in pure code', 'main/analysis/x.ts', code('import { random', "UUID } from 'node:crypto';")],
  ['no any', 'renderer/x.tsx', code('const x: ', 'any = 1;')],
  ['no any', 'main/x.ts', code('f(x as ', 'any);')],
  ['no async function where nobody awaits it', 'main/x.ts', code("socket.on('message', as", 'ync (data) => {});')],
  ['no async function where nobody awaits it', 'main/x.ts', code('setTimeout(as', 'ync () => {}, 10);')],
  ['no async function where nobody awaits it', 'renderer/x.tsx', code('<form onSubmit={as', 'ync () => {}}>')],
  ['nothing left to do', 'tests/x.test.ts', code('// TO', 'DO: more')],
  ['no suppressed check', 'main/x.ts', code('// @ts-', 'ignore')],
  ['no limit of time by the clock in a test', 'tests/x.test.ts', code('expect(performance', '.now() - a).toBe(1);')],
  ['no limit of time by the clock in a test', 'tests/x.test.ts', code('await page.waitFor', 'Timeout(500);')],
  ['no path of one machine', 'scripts/x.mjs', code("const home = '/ro", "ot/x';")],
  ['tfjs named below main/training only', 'main/services/x.ts', code("require('@tensor", "flow/tfjs');")],
  [
    'ONNX Runtime named by what runs models, and by the doctor, only',
    'main/services/x.ts',
    code("require('onnx", "runtime-node');"),
  ],
  ['better-sqlite3 named below main/storage only', 'main/services/x.ts', code("require('better-", "sqlite3');")],
];

describe('every source file', () => {
  test('keeps the rules that no linter has', () => {
    const files = sources();
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap((path) => brokenRules(path, readFileSync(join(repository, path), 'utf8')))).toEqual([]);
  });

  test.each(planted)('%s: bites in %s', (rule, path, line) => {
    expect(brokenRules(path, `\n${line}\n`)).toEqual([`${rule}: ${path}:2`]);
  });

  test('has a planted line for each rule', () => {
    expect(new Set(planted.map(([rule]) => rule))).toEqual(new Set(sourceRules.map(({ name }) => name)));
  });

  test('is short enough to read', () => {
    expect(brokenRules('main/x.ts', 'x;\n'.repeat(longestFile))).toEqual([]);
    expect(brokenRules('main/x.ts', 'x;\n'.repeat(longestFile + 1))).toHaveLength(1);
  });

  test('has only tests that are short enough to read', () => {
    const files = sources().filter((path) => /\.test\.tsx?$/.test(path));
    expect(files.length).toBeGreaterThan(10);
    expect(files.flatMap((path) => longTests(path, readFileSync(join(repository, path), 'utf8')))).toEqual([]);
  });

  test.each(['test(', 'it(', 'test.skipIf(there)(', 'it.each([1])(', 'test.each`n`('])(
    '%s: long ones are found',
    (begin) => {
      const withLines = (lines: number) => `\n${begin}'a name', () => {${'\n'.repeat(lines - 1)}});`;
      expect(longTests('x.test.ts', withLines(longestTest))).toEqual([]);
      expect(longTests('x.test.ts', withLines(longestTest + 1))).toEqual([`x.test.ts:2 has ${longestTest + 1} lines`]);
    },
  );

  test('may speak of what is forbidden', () => {
    expect(brokenRules('main/x.ts', code('/** Never Math', '.random, nor any', ' other. */'))).toEqual([]);
  });
});
