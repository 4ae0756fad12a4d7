import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contributions } from '../../main/contributions/all.ts';
import { namesOf, needsIn, needsOf, withDependents } from '../../scripts/contribution-needs.mjs';
import { foldersOf, leadingToGone, turnOf, withoutLine } from '../../scripts/contributions.mjs';
import { importsOf } from '../../scripts/sources.mjs';
import { repository } from '../architecture/tools.ts';

test('each folder of a contribution is listed by its name, and has tests and a page', () => {
  expect(contributions.map(({ name }) => name)).toEqual(namesOf(repository));
  for (const name of namesOf(repository)) {
    const [main = '', , tests = ''] = foldersOf(name);
    expect(existsSync(join(repository, tests)), tests).toBe(true);
    expect(readFileSync(join(repository, main, 'README.md'), 'utf8')).not.toBe('');
    expect(readFileSync(join(repository, 'README.md'), 'utf8')).toContain(`${main}/README.md`);
  }
});

test('the sources of manifests say what each needs, as the manifests do, and nothing that is not there', () => {
  const needs = new Map(contributions.map((each) => [each.name, each.needs ?? []]));
  expect(needsOf(repository)).toEqual(needs);
  for (const [name, needed] of needs) expect([...needs.keys()], name).toEqual(expect.arrayContaining([...needed]));
  expect(needsIn("defineContribution({\n  name: 'kits',\n  needs: [\n    'desk',\n    'paper',\n  ],\n})")).toEqual([
    'desk',
    'paper',
  ]);
});

test('what needs a contribution goes with it, directly or not', () => {
  const needs = new Map([
    ['paper', ['kits']],
    ['kits', ['desk']],
    ['desk', []],
    ['other', []],
  ]);
  expect(withDependents(needs, 'desk')).toEqual(['desk', 'kits', 'paper']);
  expect(withDependents(needs, 'paper')).toEqual(['paper']);
});

test('a list of contributions loses one, with its import, its calls and its place', () => {
  const text = [
    "import type { OneCalls } from './one/calls.ts';",
    "import { one } from './one/index.ts';",
    "import { other } from './other/index.ts';",
    'export interface Calls {',
    '  one: OneCalls;',
    '  other: OtherCalls;',
    '}',
    'export const contributions = [one, other];',
  ].join('\n');
  expect(withoutLine(text, 'one')).toBe(
    [
      "import { other } from './other/index.ts';",
      'export interface Calls {',
      '  other: OtherCalls;',
      '}',
      'export const contributions = [other];',
    ].join('\n'),
  );
  expect(withoutLine(text, 'other')).toContain('contributions = [one]');
  expect(withoutLine('[one]', 'one')).toBe('[]');
  expect(withoutLine('[\n  one,\n  other,\n]', 'one')).toBe('[\n  other,\n]');
});

test('with each commit another is tried, all in turn', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  expect([0, 1, 4, 5].map((commits) => turnOf(names, commits))).toEqual([['a'], ['b'], ['e'], ['a']]);
  expect(turnOf(['a'], 7)).toEqual(['a']);
});

test('modules that lead to what is gone, and tests that make its calls, are found', () => {
  const texts = new Map([
    ['main/a.ts', "import { b } from './b.ts';"],
    ['main/b.ts', "export const b = () => import('./c/gone.ts');"],
    ['main/other.ts', "import './style.css'; import { a } from '@orpc/server';"],
    ['tests/helper.ts', "import type { B } from '../main/b.ts';"],
    ['tests/uses.test.ts', "import { helper } from './helper.ts';"],
    ['tests/calls.test.ts', 'await client.gone.start({});'],
    ['tests/more-calls.test.ts', 'await client.away.part.end({});'],
    ['tests/core.test.ts', "import '../main/other.ts';\ngone.start();\nset.gone.map(one);"],
    ['tests/planted.test.ts', 'const planted = ["import \'../main/c/gone.ts\'", "() => import(\'./gone.ts\')"];'],
  ]);
  expect(importsOf('main/a.ts', texts.get('main/a.ts') ?? '')).toEqual(['main/b.ts']);
  expect([...leadingToGone(texts, ['gone', 'away'])].sort()).toEqual(
    [
      'main/a.ts',
      'main/b.ts',
      'tests/calls.test.ts',
      'tests/helper.ts',
      'tests/more-calls.test.ts',
      'tests/uses.test.ts',
    ].sort(),
  );
});
