import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clusterSchema } from '../../../main/contributions/slurm/profile/cluster.ts';
import { exampleProfile } from '../../../main/contributions/slurm/profile/cluster-profile.ts';
import { profileSchema } from '../../../main/contributions/slurm/profile/profile-schema.ts';
import { repository } from '../../architecture/tools.ts';

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
