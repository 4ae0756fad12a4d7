import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { repository } from '../architecture/tools.ts';
import { smallStudy, writeSmallStudy } from '../services/study/small-study.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHostProcess, violations } from './harness.ts';
import { studySchema } from '../../main/contract/studies/study.ts';

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const route = (page: Page): string => new URL(page.url()).hash;
const hostile = '<img src=x onerror="document.title=1">';

/** The small study with the paths of its data set written out, so that it can be run. */
function trainable(name: string): object {
  const folder = temporaryFolder();
  writeSmallStudy(folder, { name });
  const { dataSet, ...others } = smallStudy({ name }) as { dataSet: Record<string, unknown> };
  const files = ['trainImages', 'trainLabels', 'testImages', 'testLabels'];
  const absolute = files.map((file) => [file, join(folder, String(dataSet[file]))]);
  return { ...others, dataSet: { ...dataSet, ...Object.fromEntries(absolute) } };
}

/** A data folder with two studies, one of whose title tries to be HTML. */
function folderWithStudies(): string {
  const dataFolder = join(temporaryFolder(), 'data');
  const workbench = openWorkbench({ root: repository, resources: join(repository, 'resources'), dataFolder });
  const { studies } = workbench.storage;
  studies.put('ordinary', studySchema.parse(trainable('ordinary')), Date.now());
  studies.put('hostile', studySchema.parse(smallStudy({ name: 'hostile', title: hostile })), Date.now());
  workbench.storage.close();
  return dataFolder;
}

const host = () =>
  startHostProcess({
    dataFolder: folderWithStudies(),
    environment: { BOUNDARY_CACHE: join(temporaryFolder(), 'cache') },
  });

/** Waits for the focus: a closed palette moves it to the new screen, or back, a frame later. */
const hasFocus = (page: Page, id: string) =>
  expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe(id);

/** Types into the palette, until what is wanted is selected; `wanted` null: nothing is to be found. */
async function command(page: Page, words: string, wanted: string | null): Promise<void> {
  const box = page.getByRole('textbox', { name: 'Screen, study, run or command' });
  await box.waitFor({ state: 'detached' });
  // A frame after it closed it gives the focus back, which would be taken from the box of the next one.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.keyboard.press('Control+k');
  // Letters that come before the box has the focus go elsewhere.
  await box.and(page.locator(':focus')).waitFor();
  await page.keyboard.type(words);
  await expect.poll(() => box.inputValue()).toBe(words);
  if (wanted !== null) await page.locator('[data-action][data-selected]').filter({ hasText: wanted }).waitFor();
}

test.skipIf(!hasBrowser)('the palette leads to screens and studies, and does things, by keyboard alone', async () => {
  const page = await openPage(await host(), { route: '/studies' });
  await page.getByText('Zeros and ones').first().waitFor();
  await command(page, 'machine', 'Machine');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Machine', level: 1 }).waitFor();
  expect(route(page)).toBe('#/machine');
  await hasFocus(page, 'content');

  await command(page, 'report', 'Report');
  const ofOrdinary = page.locator('[data-action]').filter({ hasText: /^ReportZeros and ones$/ });
  await ofOrdinary.click();
  await expect.poll(() => route(page)).toBe('#/studies/ordinary/report');
  await command(page, 'zeros', 'Zeros and ones');
  await page.keyboard.press('Enter');
  await expect.poll(() => route(page)).toBe('#/studies/ordinary');
  await hasFocus(page, 'content');
  await command(page, 'generator', 'Generator');
  await page.keyboard.press('Enter');
  await expect.poll(() => route(page)).toBe('#/studies/ordinary/generator');
  await hasFocus(page, 'content');

  await page.getByRole('link', { name: 'Generator' }).focus();
  await command(page, 'img src', hostile);
  await page.getByRole('button', { name: hostile }).waitFor();
  expect(await page.title()).not.toBe('1');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Generator' }).and(page.locator(':focus')).waitFor();

  await command(page, 'dark theme', 'Use dark theme');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
  await command(page, 'nothing like this', null);
  await page.getByText('No results').waitFor();
});

test.skipIf(!hasBrowser)('the list of shortcuts opens with ?, but not while one types', async () => {
  const page = await openPage(await host(), { route: '/machine' });
  const workers = page.getByRole('textbox', { name: 'Workers' });
  await workers.focus();
  await page.keyboard.press('?');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  await workers.blur();
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await list.waitFor();
  expect(await violations(page)).toEqual([]);
  await screenshot(page, 'shortcuts');
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });
});

test.skipIf(!hasBrowser)(
  'work that takes long shows in one place, can be stopped, and leads on from its toast',
  async () => {
    const page = await openPage(await host(), { route: '/studies' });
    await button(page, /^Jobs/).press('Enter');
    await page.getByText('No jobs.').waitFor();
    await page.keyboard.press('Escape');

    // Paused, so that it stays at work for as long as this test looks at it.
    await command(page, 'pause all', 'Pause all training');
    await page.keyboard.press('Enter');
    await command(page, 'zeros', 'Zeros and ones');
    await page.keyboard.press('Enter');
    await button(page, 'Run the study').first().click();
    await button(page, 'Jobs 1').click();
    const jobs = page.getByRole('dialog', { name: 'Jobs' });
    // At 0 % the bar has no width, which Playwright takes for hidden.
    const bar = jobs.getByRole('progressbar', { name: 'Run the study: Zeros and ones: progress' });
    await bar.waitFor({ state: 'attached' });
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'jobs');
    await jobs.getByRole('button', { name: 'Stop job' }).click();
    await jobs.getByText(/Stopped just now/).waitFor();
    await expect.poll(() => page.getByText('Run the study: Zeros and ones: done').count()).toBe(0);
    await jobs.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('No jobs.').waitFor();
    await jobs.getByText('All training is paused; it stays in the queue until resumed.').waitFor();
    await jobs.getByRole('button', { name: 'Resume all' }).click();
    await jobs.getByText('Pausing keeps jobs in the queue. Stopping takes a job off it; what is done stays.').waitFor();
    await page.keyboard.press('Escape');

    await command(page, 'back up', 'Back up the database');
    await page.keyboard.press('Enter');
    const toast = page.getByRole('alert').filter({ hasText: 'Back up the database: done' });
    await toast.hover();
    await toast.getByRole('link', { name: 'Show result' }).click();
    await page.getByRole('heading', { name: 'Machine', level: 1 }).waitFor();
  },
);

test.skipIf(!hasBrowser)('the header says what trains and how it looks, in both themes', async () => {
  const started = await host();
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await openPage(started, { route: '/studies', colorScheme });
    await page.getByRole('link', { name: 'Engine: WebAssembly, not checked on this machine yet' }).waitFor();
    await button(page, /^Theme: system/).click();
    await button(page, /^Theme: light/).waitFor();
    await expect.poll(() => page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('light');
    await page.reload();
    await button(page, /^Theme: light/).click();
    await button(page, /^Theme: dark/).waitFor();
    expect(await violations(page)).toEqual([]);
  }
});
