import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStorage } from '../../main/storage/open.ts';
import { study } from '../storage/records.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, startHostProcess, violations } from './harness.ts';

test.skipIf(!hasBrowser)(
  'an address that leads nowhere says so, in the frame, and is without fault for axe',
  async () => {
    const host = await startHost();
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await openPage(host, { route: '/nowhere', colorScheme });
      await page.getByRole('heading', { name: 'Page not found' }).waitFor();
      expect(await violations(page)).toEqual([]);
    }
  },
);

test.skipIf(!hasBrowser)('a screen whose code cannot be fetched says so, and others still open', async () => {
  const host = await startHost();
  const page = await openPage(host, { route: '/nowhere' });
  await page.getByRole('heading', { name: 'Page not found' }).waitFor();
  await page.route('**/assets/tutorial-screen*', (route) => route.abort());
  await page.goto(`${new URL(host.address).origin}/#/tutorial`);
  await page.reload();
  const notice = page.getByRole('heading', { name: 'This screen cannot be shown' });
  await notice.waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'screen-failed');
  await page.getByRole('link', { name: 'Studies' }).first().click();
  await expect.poll(() => notice.count()).toBe(0);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.goBack();
  await notice.waitFor();
  await page.unroute('**/assets/tutorial-screen*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'From nothing to a report in twenty minutes' }).waitFor();
});

test.skipIf(!hasBrowser)(
  'the page says that the program is not responding, and opens its other screens, whose code it has loaded in advance',
  async () => {
    const host = await startHost();
    const page = await openPage(host, { route: '/nowhere', loadsAll: true });
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    // The last one of all.
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => /run-drawer.*\.js$/.test(name)),
    );
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    await host.stop();
    await page.getByRole('alert').filter({ hasText: 'The program is not responding' }).waitFor();
    await page.evaluate(() => {
      location.hash = '#/tutorial';
    });
    await page.getByRole('heading', { name: 'From nothing to a report in twenty minutes' }).waitFor();
  },
);

test.skipIf(!hasBrowser)(
  'the page and the terminal say that the database was missing, until it is dismissed',
  async () => {
    const dataFolder = temporaryFolder();
    const storage = openStorage(dataFolder);
    storage.studies.put('small', study('A kept study'), Date.now());
    storage.backUp();
    storage.close();
    renameSync(join(dataFolder, 'workbench.sqlite'), join(dataFolder, 'elsewhere'));
    const host = await startHostProcess({ dataFolder });
    expect(host.errors()).toContain('Note: The database was missing. The backup of');
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await openPage(host, { colorScheme });
      const notice = page.getByRole('alert').filter({ hasText: 'The database was missing. The backup of' });
      await notice.waitFor();
      await page.getByText('A kept study').first().waitFor();
      expect(await violations(page)).toEqual([]);
      await screenshot(page, `notice-${colorScheme}`);
      await notice.getByRole('button', { name: 'Dismiss' }).click();
      await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    }
  },
);
