import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { entriesOf } from '../../../scripts/entries.mjs';
import { repository } from '../../architecture/tools.ts';

const main = join(repository, 'main');
const sources = readdirSync(main, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name: name.split(sep).join('/'), text: readFileSync(join(main, name), 'utf8') }));

test('what is started in a process of its own, or loaded by its name, is built for the window under that name', () => {
  const built = entriesOf(repository);
  for (const entry of built) expect([entry, existsSync(join(main, `${entry}.ts`))]).toEqual([entry, true]);
  const named = sources.flatMap(({ text }) =>
    [...text.matchAll(/'([a-z]+(?:\/[a-z0-9-]+)+)'/g)].map(([, name]) => name ?? ''),
  );
  const modules = [...new Set(named)].filter((name) => existsSync(join(main, `${name}.ts`)));
  expect(modules).toContain('training/worker/worker');
  expect(modules).toContain('contributions/effects/results');
  expect(modules.filter((name) => !built.includes(name))).toEqual([]);
});

test('nobody finds such a module by its source, or starts Node by its program: a package has neither', () => {
  const asSource = /'main',\s*'(training|services|executors)'[^)]*\.ts'/;
  const wrong = sources.filter(({ name, text }) => {
    if (asSource.test(text)) return true;
    return /process\.execPath/.test(text) && !name.startsWith('hosts/');
  });
  expect(wrong.map(({ name }) => relative(main, join(main, name)))).toEqual([]);
});

test('processes speak with their parent however they were started', () => {
  const direct = sources.filter(
    ({ name, text }) => /\bprocess\.(send\b|on\('message')/.test(text) && name !== 'processes/parent-port.ts',
  );
  const own = direct.filter(({ text }) => !/#process/.test(text));
  expect(own.map(({ name }) => name)).toEqual([]);
});
