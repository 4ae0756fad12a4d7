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
