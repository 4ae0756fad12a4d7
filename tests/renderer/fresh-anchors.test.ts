import { expect, test } from 'vitest';
import { sampleFolder } from '../services/report/sample-lab.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from './harness.ts';

test.skipIf(!hasBrowser)('a design of pairs: fresh anchors for every pair are chosen and kept', async () => {
  const dataFolder = await sampleFolder(temporaryFolder());
  const host = await startHost({ dataFolder });
  const page = await openPage(host, { route: '/studies/sample/stimuli?part=pairs' });
  const anchors = page.getByRole('combobox', { name: 'Anchors' });
  await anchors.click();
  await page.getByRole('option', { name: 'Fresh for every pair' }).click();
  await page.getByText('30 anchors in all').waitFor();
  // What the screen shows at once is stored a little later.
  await page.getByText('Saving …').waitFor({ state: 'detached' });
  await page.reload();
  await expect.poll(() => page.getByRole('combobox', { name: 'Anchors' }).inputValue()).toBe('Fresh for every pair');
  await page.getByText('No two pairs share an anchor').waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'stimuli-fresh-anchors');
  await page.getByRole('tab', { name: 'Anchors' }).click();
  await page
    .getByText(/, 2 more/)
    .first()
    .waitFor();
});
