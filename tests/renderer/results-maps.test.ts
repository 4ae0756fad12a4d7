import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { sampleFolder } from '../services/report/sample-lab.ts';
import { hasBrowser, shareHost, violations } from './harness.ts';

const shared = shareHost(sampleFolder);

const open = (route: string): Promise<Page> => shared.openPage({ route: `/studies/sample/results${route}` });

test.skipIf(!hasBrowser)('the map is also a table; its rows open their images', async () => {
  const page = await open('/stimuli');
  await page.getByRole('button', { name: /^Show as table: Figure 4/ }).press('Enter');
  const table = page.getByRole('grid', { name: /^Figure 4/ });
  await table.waitFor();
  await table.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: /^Image \d+$/ }).waitFor();
  expect(await violations(page)).toEqual([]);
});
