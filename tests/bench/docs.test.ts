import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withSections } from './docs.ts';
import { benchNames } from './options.ts';

const section = (name: string, table: string) => ({ name, table, data: null });
const document = ['# Speed', '<!-- bench steps -->', 'old', '<!-- bench steps end -->', 'The end.'].join('\n');

test('a section takes the place of what stood between its marks', () => {
  const once = withSections(document, [section('steps', '| new |')], 'Measured today.');
  expect(once).toBe(
    '# Speed\n<!-- bench steps -->\n\n| new |\n\nMeasured today.\n\n<!-- bench steps end -->\nThe end.',
  );
  expect(withSections(once, [section('steps', '| new |')], 'Measured today.')).toBe(once);
});

test('a section without a place is an error, and no sections change nothing', () => {
  expect(() => withSections(document, [section('memory', '')], '')).toThrow(/no place for memory/);
  expect(withSections(document, [], '')).toBe(document);
});

test('results/performance.md has a place for every benchmark', () => {
  const text = readFileSync(new URL('./results/performance.md', import.meta.url), 'utf8');
  for (const name of benchNames) {
    expect(withSections(text, [section(name, `table of ${name}`)], 'about')).toContain(`table of ${name}`);
  }
});
