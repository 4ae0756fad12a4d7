import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from './harness.ts';
import { dataWithSmallStudy } from './models/models-data.ts';

/** Screens of steps that need the data set, which cannot be read. */
const screens = ['Generator', 'Stimuli', 'Models', 'Labeling', 'Results', 'Report'] as const;

test.skipIf(!hasBrowser)(
  'a state is the same in the navigation, on the overview, in the list and on its screen; a failed step says why and is mended there',
  async () => {
    const folder = temporaryFolder();
    const dataFolder = await dataWithSmallStudy(folder);
    renameSync(join(folder, 'set', 'train-labels'), join(folder, 'set', 'moved-labels'));
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: '/studies/small/models' });
    const navigation = page.getByRole('navigation', { name: 'Main' });
    const inNavigation = (name: string) =>
      navigation.getByRole('link', { name }).locator('.frame-state').getAttribute('title');
    const train = page.getByRole('button', { name: /^Train \d+ models/ });
    await train.click();

    // Where no step says it, a red toast does; it does not follow to other screens.
    const icon = page.locator('.mantine-Notification-icon').first();
    await icon.waitFor();
    const color = (element: Element): string => getComputedStyle(element).backgroundColor;
    const toast = await icon.evaluate(color);
    await expect.poll(() => inNavigation('Overview')).toBe('Failed');
    await expect.poll(() => train.count()).toBe(0);
    await navigation.getByRole('link', { name: 'Overview' }).click();
    await expect.poll(() => icon.count()).toBe(0);

    const failed = page.locator('.pipeline-step[data-state="failed"]');
    await failed.getByText('train-labels').waitFor();
    await expect.poll(() => page.getByText('train-labels').count()).toBe(1);
    expect(await failed.locator('h2').textContent()).toBe('Data set');
    expect(await failed.locator('.state-icon').evaluate((element) => getComputedStyle(element).color)).toBe(toast);
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'status-failed');

    const shown = async () => (await page.locator('.pipeline-state').allTextContents()).slice(1);
    await expect.poll(shown).toEqual(screens.map(() => 'Blocked'));
    for (const link of screens) {
      await expect.poll(() => inNavigation(link)).toBe('Blocked');
      await navigation.getByRole('link', { name: link }).click();
      await page.locator('.step-state').getByText('Blocked', { exact: true }).waitFor();
    }
    await navigation.getByRole('link', { name: 'Studies' }).click();
    await page.locator('.study-item').getByText('Failed', { exact: true }).waitFor();

    // Tried again on the overview, it says so in the step alone.
    await page.locator('.study-item-title').click();
    await failed.getByRole('button', { name: 'Try again: Data set' }).click();
    await page.getByRole('button', { name: /^Jobs/ }).click();
    await expect.poll(() => page.locator('.jobs-item[data-state="failed"]').count()).toBe(2);
    expect(await icon.count()).toBe(0);
    await navigation.getByRole('link', { name: 'Models' }).click();
    await page.getByRole('button', { name: /^Jobs/ }).click();
    await screenshot(page, 'status-failed-jobs');
    const fix = page.getByRole('link', { name: 'Show how to fix it' }).first();
    const isCut = (label: Element): boolean => label.scrollWidth > label.clientWidth;
    expect(await fix.locator('.mantine-Button-label').evaluate(isCut)).toBe(false);
    await fix.click();
    await failed.waitFor();
    await expect.poll(() => page.getByRole('dialog', { name: 'Jobs' }).count()).toBe(0);

    // The main button mends it.
    await page.getByRole('button', { name: 'Change the paths', exact: true }).click();
    const form = page.getByRole('dialog', { name: 'Paths of the data set' });
    await form.getByText('There is no file at this path').waitFor();
    expect(await violations(page)).toEqual([]);
    await form.getByLabel('Training labels').fill(join(folder, 'set', 'moved-labels'));
    await form.getByRole('button', { name: 'Save paths' }).click();
    await expect.poll(() => failed.count()).toBe(0);
    await page.getByRole('button', { name: 'Run the study', exact: true }).waitFor();
  },
);
