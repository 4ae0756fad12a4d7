import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clusterSchema } from '../../../main/contributions/slurm/profile/cluster.ts';
import { clusterSettings, exampleProfile } from '../../../main/contributions/slurm/profile/cluster-profile.ts';
import { profileSchema } from '../../../main/contributions/slurm/profile/profile-schema.ts';
import { repository } from '../../architecture/tools.ts';
import { settingsTable } from '../../contract/setting-docs.ts';
import { page } from './profile-docs.ts';

const folder = join(repository, 'main', 'contributions', 'slurm');

test('the published schema of a profile is that of the program (`vitest run -u` writes it)', async () => {
  const text = `${JSON.stringify(profileSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(folder, 'cluster-profile.schema.json'));
});

test('main/contributions/slurm/README.md has the example, and profiles that are valid', () => {
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  expect(page).toContain(`\`\`\`json\n${exampleProfile}\`\`\``);
  const profiles = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text) as unknown);
  expect(profiles.length).toBeGreaterThan(1);
  for (const profile of profiles) clusterSchema.parse(profile);
});

test('every setting of a profile has a title, says what it does and is in the table of its page', () => {
  const table = `<!-- settings of a cluster -->\n${settingsTable(clusterSettings)}\n<!-- end -->`;
  const isThere = readFileSync(page, 'utf8').includes(table);
  expect(isThere, 'run `node tests/contributions/slurm/profile-docs.ts`, which writes it').toBe(true);
  for (const { path, facts } of clusterSettings) {
    expect(facts.title, path).toMatch(/^[A-Z]/);
    expect(facts.help, path).toMatch(/^[A-Z0-9`].{5,}[^.]$/);
  }
});
