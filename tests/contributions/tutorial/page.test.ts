import { expect, test } from 'vitest';
import { hasBrowser, openPage, screenshot, startHost, violations } from '../../renderer/harness.ts';

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
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => /tutorial-screen.*\.js$/.test(name)),
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
