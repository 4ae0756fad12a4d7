import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clusterSchema } from '../../../main/contract/cluster.ts';
import { exampleProfile } from '../../../main/domain/cluster-profile.ts';
import { profileSchema } from '../../../main/services/clusters/profile-schema.ts';
import { repository } from '../../architecture/tools.ts';

const docs = join(repository, 'docs');

test('the published schema of a profile is that of the program (`vitest run -u` writes it)', async () => {
  const text = `${JSON.stringify(profileSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(docs, 'cluster-profile.schema.json'));
});

test('docs/cluster.md has the example, and profiles that are valid', () => {
  const page = readFileSync(join(docs, 'cluster.md'), 'utf8');
  expect(page).toContain(`\`\`\`json\n${exampleProfile}\`\`\``);
  const profiles = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text) as unknown);
  expect(profiles.length).toBeGreaterThan(1);
  for (const profile of profiles) clusterSchema.parse(profile);
});
