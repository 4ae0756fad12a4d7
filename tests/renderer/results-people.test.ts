import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import type { Workbench } from '../../main/services/workbench/workbench.ts';
import { openSample, sampleFolder } from '../services/report/sample-lab.ts';
import { importPeople, leaveNobody, leaveNoNetwork } from '../services/results/people.ts';
import { importCounts } from '../contributions/answers/import-counts.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from './harness.ts';

/** The sample study without networks, its people as `prepare` leaves them, in a host. */
async function open(prepare: (workbench: Workbench) => unknown, route = '') {
  const dataFolder = await sampleFolder(temporaryFolder());
  const workbench = openSample(dataFolder);
  leaveNoNetwork(workbench);
  prepare(workbench);
  workbench.storage.close();
  const host = await startHost({ dataFolder });
  const page = await openPage(host, { route: `/studies/sample/results${route}` });
  return { page, go: (next: string) => page.goto(`${new URL(host.address).origin}/#/studies/sample/results${next}`) };
}

const asTheyAre = (): void => undefined;
const region = (page: Page, name: RegExp) => page.getByRole('region', { name });
const isFocused = (page: Page, name: RegExp) =>
  page.getByRole('button', { name }).evaluate((each) => each === document.activeElement);

test.skipIf(!hasBrowser)(
  'without networks, every view shows results of people or says that it needs networks',
  async () => {
    const { page, go } = await open(asTheyAre);
    const parts: [route: string, shown: string | RegExp][] = [
      ['', 'Simulated labelers alone'],
      ['/softmax', 'Softmax needs networks'],
      ['/certainty', 'Certainty needs networks'],
      ['/stimuli', 'Figure 3: labels that simulated labelers gave'],
      ['/along?pair=4-9', /^Share of 9 from 4 to 9/],
      ['/agreement', 'Agreement among simulated labelers'],
      ['/compare', 'Compare needs networks'],
    ];
    for (const [route, shown] of parts) {
      await go(route);
      await page.getByText(shown).first().waitFor();
      await page
        .getByText('No network has predicted the stimuli yet: these results are about simulated labelers only.')
        .waitFor();
      await page.getByRole('button', { name: 'Labelers: all 10' }).waitFor();
      await expect.poll(() => page.getByRole('combobox', { name: 'Networks' }).count()).toBe(0);
      await expect.poll(() => page.getByText('No results yet').count()).toBe(0);
      expect(await violations(page), route).toEqual([]);
      await screenshot(page, `results-people${route.replace(/\W+/g, '-')}`);
    }
    await page.getByRole('link', { name: 'Open the overview' }).press('Enter');
    await expect.poll(() => page.url()).toMatch(/\/studies\/sample$/);
  },
);

test.skipIf(!hasBrowser)('numbers about people open their images and return, by keyboard', async () => {
  const { page } = await open(asTheyAre);
  const numbers: [name: RegExp, list: RegExp, images: string][] = [
    [/^127 Simulated labelers agree: show the images/, /^Simulated labelers agree/, '127 images'],
    [/^38 Simulated labelers disagree: show the images/, /^Simulated labelers disagree/, '38 images'],
    [/^23.0 % Any differ/, /^Any differ, Agreement among simulated labelers/, '38 images'],
  ];
  for (const [name, list, images] of numbers) {
    await page.getByRole('button', { name }).press('Enter');
    const grid = page.getByRole('listbox', { name: list });
    await grid.waitFor();
    await page.getByText(images, { exact: false }).last().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await grid.waitFor({ state: 'detached' });
    await expect.poll(() => isFocused(page, name)).toBe(true);
  }
  await page.getByRole('button', { name: /^38 Simulated/ }).press('Enter');
  const grid = page.getByRole('listbox', { name: /^Simulated labelers disagree/ });
  await grid.focus();
  await page.keyboard.press('Enter');
  const image = page.getByRole('dialog', { name: /^Image \d+$/ });
  await image.getByText('No network has predicted this image yet.').waitFor();
  await expect.poll(() => image.getByRole('heading', { name: 'Type in each group' }).count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await grid.waitFor();
});

test.skipIf(!hasBrowser)(
  'the map, the strip and the matrix open images; choosing fewer labelers updates the results',
  async () => {
    const { page, go } = await open(asTheyAre, '/stimuli');
    const map = page.getByRole('listbox', { name: /^Figure 3/ });
    await map.waitFor();
    await expect.poll(() => page.getByRole('radio').count()).toBe(0);
    await map.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: /^Image \d+$/ }).waitFor();
    await go('/along?pair=4-9');
    const flips = region(page, /^Flip points/).first();
    await expect
      .poll(() => flips.getByRole('columnheader').allTextContents())
      .toEqual([...['Pair', 'Raters', 'Flip point α*', 'α* of each rater', 'Crossing [95 %]', 'Third classes']]);
    await expect.poll(() => flips.getByRole('rowheader', { name: 'Simulated labelers' }).count()).toBe(15);
    await page.getByRole('button', { name: '4 to 9, alpha 0.5' }).press('Enter');
    await page.getByRole('dialog', { name: /^Image \d+$/ }).waitFor();
    await go('/agreement');
    const matrix = page.getByRole('application', { name: /^Cohen’s κ/ });
    await matrix.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('listbox', { name: /^sim-\d+ and sim-\d+ differ/ }).waitFor();
    await go('');
    await page.getByRole('button', { name: 'Labelers: all 10' }).press('Enter');
    await page.getByRole('checkbox', { name: /^sim-01/ }).uncheck();
    await region(page, /^Simulated labelers alone/)
      .getByText('n = 9 simulated labelers')
      .waitFor();
  },
);

test.skipIf(!hasBrowser)('with one labeler, statistics that need two are undefined and give the reason', async () => {
  const { page, go } = await open((workbench) => importPeople(workbench, 1, (_, place) => place % 10));
  const alone = region(page, /^People alone/);
  await alone.getByText('not defined: No image was labeled by at least two labelers.').first().waitFor();
  await expect.poll(() => alone.getByText('With one labeler left out').count()).toBe(0);
  await region(page, /^Agreement among people/)
    .getByText('not defined: One rater alone can neither agree nor disagree.')
    .first()
    .waitFor();
  expect(await violations(page)).toEqual([]);
  await alone.getByRole('button', { name: /^165 images with fewer than two labels/ }).press('Enter');
  await page.getByRole('listbox', { name: /^Images with fewer than two labels/ }).waitFor();
  await go('/agreement');
  await page.getByText('There is no matrix. It needs at least two raters.').waitFor();
  await page.getByText('Disagreement needs at least two people.').waitFor();
  expect(await violations(page)).toEqual([]);
});

test.skipIf(!hasBrowser)('with neither people nor networks there are no results yet', async () => {
  const { page } = await open(leaveNobody, '?group=diverse:97.5');
  await page.getByRole('heading', { name: 'No results yet' }).waitFor();
  await page.getByText('No network has predicted the stimuli yet, and nobody has labeled them.').waitFor();
  await expect.poll(() => page.getByText('only results of networks alone are defined').count()).toBe(0);
  await expect.poll(() => page.getByRole('button', { name: /^Labelers/ }).count()).toBe(0);
});

test.skipIf(!hasBrowser)('counts of labels are told as such, and types at another number of people', async () => {
  const dataFolder = await sampleFolder(temporaryFolder());
  const workbench = openSample(dataFolder);
  await importCounts(workbench, 14);
  workbench.storage.close();
  const page = await openPage(await startHost({ dataFolder }), { route: '/studies/sample/results' });
  await page.getByText('14 labels an image, as counts', { exact: true }).waitFor();
  await expect.poll(() => page.getByRole('button', { name: /^Labelers/ }).count()).toBe(0);
  const asked = page.getByRole('textbox', { name: 'People asked' });
  const typesAt = page.getByRole('region', { name: /^Types if/ });
  await typesAt.getByRole('rowheader', { name: '10 people' }).first().waitFor();
  await asked.fill('3');
  await typesAt.getByRole('rowheader', { name: '3 people' }).first().waitFor();
  await expect.poll(() => page.url()).toContain('asked=3');
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'results-counts-types');
  await page.getByRole('link', { name: 'Who with whom', exact: true }).click();
  await page.getByRole('rowheader', { name: 'Two average people' }).waitFor();
  await page.getByText('this is not the mean of κ over persons').waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'results-counts-agreement');
});
