import { expect, test } from 'vitest';
import { hasBrowser, openPage, startHost, violations } from './harness.ts';

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
  'the page says that the program is not responding, and reconnects when it is back',
  async () => {
    const host = await startHost();
    const page = await openPage(host, { route: '/nowhere' });
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    await host.stop();
    await page.getByRole('alert').filter({ hasText: 'The program is not responding' }).waitFor();
  },
);
