import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensurePage } from '../../../scripts/setup/page.mjs';
import { repository } from '../../architecture/tools.ts';

test('a kit has the licenses of what is in it', async () => {
  await ensurePage(repository, process.execPath);
  const kit = readFileSync(join(repository, 'out', 'renderer', 'kit.html'), 'utf8');
  const notices = kit.slice(kit.lastIndexOf('<!--'));
  for (const name of ['react', 'react-dom', 'zod']) expect(notices).toMatch(new RegExp(`^## ${name} - `, 'm'));
  expect(notices).toContain('Copyright (c) Meta Platforms, Inc. and affiliates.');
  expect(notices.indexOf('-->')).toBe(notices.lastIndexOf('-->'));
  expect(kit.trimEnd().endsWith('</html>')).toBe(true);
});
