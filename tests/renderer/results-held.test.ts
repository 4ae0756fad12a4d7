import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { openSample, sampleFolder } from '../services/report/sample-lab.ts';
import { addSeedStudy } from '../services/results/seed-study.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, openPage, startHost } from './harness.ts';

/** A view of the seed study; calls that `held` matches are never answered. */
async function open(route: string, held: (message: string) => boolean) {
  const dataFolder = await sampleFolder(temporaryFolder());
  const workbench = openSample(dataFolder);
  addSeedStudy(workbench);
  workbench.storage.close();
  const host = await startHost({ dataFolder });
  const page = await openPage(host, { route: `/studies/seeds/results${route}` });
  const place = { isHolding: false, holds: 0 };
  await page.routeWebSocket(/\/calls$/, (socket) => {
    const program = socket.connectToServer();
    socket.onMessage((message) => {
      if (place.isHolding && held(message.toString())) place.holds += 1;
      else program.send(message);
    });
  });
  await page.reload();
  return { page, place };
}

const follow = (page: Page, route: string): Promise<void> =>
  page.evaluate((to) => location.assign(`#/studies/seeds/results${to}`), route);

test.skipIf(!hasBrowser)(
  'bars of a new group wait for its results instead of showing those of the previous group',
  async () => {
    const isOfTypes = (message: string): boolean => /results\/tables.*types/s.test(message);
    const { page, place } = await open('?group=seeds:CNN:98:1', isOfTypes);
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
  const { page, place } = await open('/stimuli?map=difference&other=seeds:CNN:98:1', (message) =>
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

test.skipIf(!hasBrowser)('a map cannot be saved before its images are loaded', async () => {
  const { page, place } = await open('/stimuli', (message) => message.includes('results/pictures'));
  place.isHolding = true;
  await page.reload();
  await page.getByRole('listbox', { name: /^Figure 4/ }).waitFor();
  await expect.poll(() => place.holds).toBeGreaterThan(0);
  for (const as of ['Save as SVG', 'Save as PNG']) {
    await page.getByRole('button', { name: /^Copy or save: Figure 4/ }).click();
    await page.getByRole('menuitem', { name: as }).click();
    const failure = page.locator('.mantine-Notification-root', { hasText: 'The picture is not ready' });
    await failure.waitFor();
    // It stays until it is closed.
    await failure.getByRole('button').click();
    await failure.waitFor({ state: 'detached' });
  }
});
