import { expect, test } from 'vitest';
import { z } from 'zod';
import { setting } from '../../main/contract/settings/settings.ts';
import { allSettings, readSettings } from '../../main/domain/settings/settings.ts';
import { readFileSync } from 'node:fs';
import { documented, settingsTable } from './setting-docs.ts';

test.each(documented)('the docs have the table of the settings of $name', ({ name, settings, page }) => {
  const documentation = readFileSync(page, 'utf8');
  const isThere = documentation.includes(`<!-- settings of ${name} -->\n${settingsTable(settings)}\n<!-- end -->`);
  expect(isThere, 'run `node tests/contract/setting-docs.ts`, which writes it').toBe(true);
});

test('every setting has a title and says what it does; one without cannot be read', () => {
  for (const { path, facts } of allSettings(documented.flatMap(({ settings }) => settings))) {
    expect(facts.title, path).toMatch(/^[A-Z]/);
    expect(facts.help, path).toMatch(/^[A-Z0-9`].{5,}[^.]$/);
  }
  const alpha = setting(z.number(), { title: 'Alpha', help: 'How much' });
  expect(readSettings(z.strictObject({ alpha }))).toMatchObject([{ path: 'alpha', shape: { type: 'number' } }]);
  expect(() => readSettings(z.strictObject({ alpha, beta: z.number() }))).toThrow('The setting beta has no title');
});
