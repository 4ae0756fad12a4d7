import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../../architecture/tools.ts';

const main = join(repository, 'main');
const sources = readdirSync(main, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name: name.split(sep).join('/'), text: readFileSync(join(main, name), 'utf8') }));

/**
 * Modules that some code starts in a process of their own; and those of contributions: which jobs elsewhere may start, and
 * which processes load where results are computed.
 */
const entries = [
  ...new Set([
    ...sources.flatMap(({ name }) =>
      /^contributions\/(.*-child|[^/]+\/results)\.ts$/.test(name) ? [name.slice(0, -3)] : [],
    ),
    ...sources.flatMap(({ text }) => [...text.matchAll(/entryModule\('([^']+)'\)/g)].map(([, name]) => name ?? '')),
  ]),
];

test('what is started in a process of its own is built for the window, under the same name', () => {
  expect(entries.length).toBeGreaterThanOrEqual(3);
  const config = readFileSync(join(repository, 'electron.vite.config.ts'), 'utf8');
  for (const entry of entries) {
    expect([entry, existsSync(join(main, `${entry}.ts`))]).toEqual([entry, true]);
    expect([entry, config.includes(`'main/${entry}.ts'`)]).toEqual([entry, true]);
  }
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
