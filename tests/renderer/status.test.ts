import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from './harness.ts';
import { dataWithSmallStudy } from './models/models-data.ts';

/** Screens, and the states of their steps in a study of which nothing was done. */
const steps = [
  ['Generator', 'Not started'],
  ['Stimuli', 'Not started'],
  ['Models', 'Not started'],
  ['Labeling', 'Blocked'],
  ['Results', 'Blocked'],
  ['Report', 'Blocked'],
] as const;

test.skipIf(!hasBrowser)(
  'a state is the same in the navigation, on the overview, in the list and on its screen; a failed step says why',
  async () => {
    const folder = temporaryFolder();
    const dataFolder = await dataWithSmallStudy(folder);
    rmSync(join(folder, 'set', 'train-labels'));
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: '/studies/small' });
    const navigation = page.getByRole('navigation', { name: 'Main' });
    const inNavigation = (name: string) =>
      navigation.getByRole('link', { name }).locator('.frame-state').getAttribute('title');
    await page.getByRole('button', { name: 'Run the study' }).click();
    const failed = page.locator('.pipeline-step[data-state="failed"]');
    await failed.getByText('train-labels').waitFor();
    expect(await failed.locator('h2').textContent()).toBe('Data set');
    await expect.poll(() => inNavigation('Overview')).toBe('Failed');

    // The toast is red as the step is, and the step says the same.
    const icon = page.locator('.mantine-Notification-icon').first();
    const colour = (element: Element): string => getComputedStyle(element).backgroundColor;
    const red = await failed.locator('.state-icon').evaluate((element) => getComputedStyle(element).color);
    expect(await icon.evaluate(colour)).toBe(red);
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'status-failed');

    const shown = await page.locator('.pipeline-state').allTextContents();
    expect(shown.slice(1)).toEqual(steps.map(([, state]) => state));
    for (const [link, state] of steps) {
      expect(await inNavigation(link)).toBe(state);
      await navigation.getByRole('link', { name: link }).click();
      await page.locator('.step-state').getByText(state, { exact: true }).waitFor();
    }
    await navigation.getByRole('link', { name: 'Studies' }).click();
    await page.locator('.study-item').getByText('Failed', { exact: true }).waitFor();
  },
);
