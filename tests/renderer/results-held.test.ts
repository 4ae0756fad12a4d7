import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { hasBrowser } from './harness.ts';
import { openHeld } from './held-results.ts';

const follow = (page: Page, route: string): Promise<void> =>
  page.evaluate((to) => location.assign(`#/studies/seeds/results${to}`), route);

test.skipIf(!hasBrowser)(
  'bars of a new group wait for its results instead of showing those of the previous group',
  async () => {
    const isOfTypes = (message: string): boolean => /results\/tables.*types/s.test(message);
    const { page, place } = await openHeld('?group=seeds:CNN:98:1', isOfTypes);
    const bars = page.getByRole('figure', { name: /^Types by target/ });
    await bars.getByText('CNN seeds at 98 %, repeat 1').waitFor();
    place.isHolding = true;
    await follow(page, '?group=seeds:MLP:98:1');
    await expect.poll(() => place.holds).toBeGreaterThan(0);
    await bars.getByText('CNN seeds at 98 %, repeat 1').waitFor({ state: 'detached' });
    await expect.poll(() => bars.getByText(/seeds at 98 %, repeat 1/).count()).toBe(0);
  },
);

test.skipIf(!hasBrowser)('a map of differences waits for the results of the second group', async () => {
  const { page, place } = await openHeld('/stimuli?map=difference&other=seeds:CNN:98:1', (message) =>
    message.includes('results/images'),
  );
  const said = page.getByText(/\d+ images differ; first group above, second below/);
  await said.waitFor();
  place.isHolding = true;
  await follow(page, '/stimuli?map=difference&other=seeds:MLP:98:1');
  await expect.poll(() => place.holds).toBeGreaterThan(0);
  await page.getByText('Comparing …').waitFor();
  await said.waitFor({ state: 'detached' });
});
