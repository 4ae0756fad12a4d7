import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import { expect, test } from 'vitest';
import { quantityAt } from '../../main/domain/results/exhibits.ts';
import { readStudyData, type StudyData } from '../../main/services/analysis-input.ts';
import { findStudy } from '../../main/services/workbench/find.ts';
import { ResultsService } from '../../main/services/results/service.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { repository } from '../architecture/tools.ts';
import { sampleFolder } from '../services/report/sample-lab.ts';
import { asking, tableOf } from '../services/results/section-tables.ts';
import { hasBrowser, shareHost } from './harness.ts';

const shared = shareHost(sampleFolder);

/** A view of the sample's results, and the answer of the analysis. */
async function open<T>(
  route: string,
  ask: (results: ResultsService) => T,
): Promise<{ page: Page; data: StudyData; answer: T }> {
  const { dataFolder } = await shared.host();
  const resources = join(repository, 'resources');
  const workbench = openWorkbench({ root: repository, resources, dataFolder, readOnly: true });
  const data = readStudyData(workbench, findStudy(workbench, 'sample').id);
  const answer = ask(new ResultsService(workbench.storage, resources));
  workbench.storage.close();
  if (!data) throw new Error('the sample has stimuli');
  return { page: await shared.openPage({ route: `/studies/sample/results${route}` }), data, answer };
}

const view = { study: 'sample', labelers: null, group: { kind: 'diverse' as const, target: 97.5 } };

/** Presses the mouse in a part of a chart, at the point that `place` gives for its size. A chart is redrawn when its width or its screen changes. */
async function press(part: Locator, place: (size: Size) => { x: number; y: number }): Promise<void> {
  await part.click({ position: place(await stillSize(part)) });
}

/** A point above the bottom of a bar's column, in pixels. */
const fromFoot =
  (above: number) =>
  ({ width, height }: Size) => ({ x: width / 2, y: height - above });

interface Size {
  width: number;
  height: number;
}

/** The size of a part of a chart once it stays the same. */
async function stillSize(part: Locator): Promise<Size> {
  let last = '';
  let size: Size | null = null;
  const isStill = async (): Promise<boolean> => {
    size = await part.boundingBox();
    const [before, now] = [last, JSON.stringify(size)];
    last = now;
    return size !== null && before === now;
  };
  await expect.poll(isStill, { interval: 100 }).toBe(true);
  if (!size) throw new Error('it is drawn');
  return size;
}

/** Number of images in the list of this name; closes the list. */
async function listed(page: Page, name: string): Promise<number> {
  const list = page.getByRole('listbox', { name, exact: true });
  await list.waitFor();
  const count = Number(await list.getByRole('option').first().getAttribute('aria-setsize'));
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'hidden' });
  return count;
}

/** What a chart says after a key. Before its bars are drawn there is nothing that a key could move to. */
async function afterKey(chart: Locator, key: string): Promise<string | null> {
  await chart.press(key);
  return chart.getAttribute('aria-label');
}

test.skipIf(!hasBrowser)('a bar of types opens the images that it counts', async () => {
  const { page, answer } = await open('', (results) => results.tables(asking('types', view)));
  const count = (type: string): number => quantityAt(tableOf(answer, 'table-1'), 0, type)?.value ?? 0;
  const bars = page.getByRole('figure', { name: /^Types by target/ }).locator('.recharts-bar-rectangle > g');
  await bars.nth(2).waitFor();
  await press(bars.nth(0), fromFoot(4));
  expect(await listed(page, 'Type A at 97.5 %')).toBe(count('type_a'));
  await press(bars.nth(1), fromFoot(4));
  expect(await listed(page, 'Type C at 97.5 %')).toBe(count('type_c'));
  // Where the whisker is.
  const { height } = await stillSize(bars.nth(2).locator('rect').last());
  await press(bars.nth(2), fromFoot(height));
  expect(await listed(page, 'Networks disagree at 97.5 %')).toBe(count('type_a') + count('both_disagree'));
});

test.skipIf(!hasBrowser)('bars open the images that they count by keyboard', async () => {
  const { page, answer } = await open('', (results) => results.tables(asking('types', view)));
  const count = (type: string): number => quantityAt(tableOf(answer, 'table-1'), 0, type)?.value ?? 0;
  const types = page.getByRole('application', { name: /^Types by target/ });
  await expect.poll(() => afterKey(types, 'Home')).toMatch(/A: only networks disagree/);
  await types.press('Enter');
  expect(await listed(page, 'Type A at 97.5 %')).toBe(count('type_a'));
  // The keys go on where they were.
  for (const key of ['ArrowRight', 'Enter']) await types.press(key);
  expect(await listed(page, 'Type C at 97.5 %')).toBe(count('type_c'));
});

test.skipIf(!hasBrowser)('softmax bars open their images by keyboard', async () => {
  const { page } = await open('/softmax', () => null);
  const softmax = page.getByRole('application', { name: /^Distribution of the largest softmax/ });
  await expect.poll(() => afterKey(softmax, 'End')).not.toMatch(/ bars$/);
  await softmax.press('Enter');
  expect(await listed(page, 'Type C: only simulated labelers disagree, softmax 0.9–1')).toBeGreaterThan(0);
});

test.skipIf(!hasBrowser)('a softmax bar opens its images, even if it is too low to click', async () => {
  const { page, data, answer } = await open('/softmax', (results) =>
    results.which({ ...view, which: { kind: 'type', type: 'both_agree' } }),
  );
  const agree = new Set(answer.images);
  const [images, classes] = [data.set.images.length, data.set.classes.length];
  const tops = data.models.map(({ softmax }) =>
    Array.from({ length: images }, (_, at) => Math.max(...softmax.subarray(at * classes, (at + 1) * classes))),
  );
  /** Images of the type of which some network's largest softmax is in a tenth of 0 to 1. */
  const inTenth = (tenth: number): number =>
    data.set.images.filter(
      ({ id }, at) => agree.has(id) && tops.some((top) => Math.min(9, Math.floor(10 * (top[at] ?? 0))) === tenth),
    ).length;
  const figure = page.getByRole('figure', { name: /^Distribution of the largest softmax/ });
  const bars = figure.locator('.recharts-bar').nth(2).locator('.recharts-bar-rectangle > g');
  await bars.last().waitFor();
  await press(bars.last(), fromFoot(4));
  expect(await listed(page, 'Both agree (type B or exception), softmax 0.9–1')).toBe(inTenth(9));
  const low = [...Array(10).keys()].find((tenth) => inTenth(tenth) > 0) ?? 0;
  expect(low).toBeLessThan(9);
  await press(figure.locator('.recharts-bar').nth(2).locator('.bar-column').first(), fromFoot(40));
  expect(await listed(page, `Both agree (type B or exception), softmax ${low / 10}–${(low + 1) / 10}`)).toBe(
    inTenth(low),
  );
});

test.skipIf(!hasBrowser)('rows of a curve open their images; the row of a flip opens the nearest image', async () => {
  const { page } = await open('/along', () => null);
  await page.getByRole('button', { name: /^Show as table: Share of / }).press('Enter');
  const table = page.getByRole('grid', { name: /^Share of / });
  const image = page.getByRole('dialog', { name: /^Image \d+$/ });
  for (const row of [
    table.getByRole('row').nth(1),
    table
      .getByRole('row')
      .filter({ hasText: /: flip at/ })
      .first(),
  ]) {
    await row.getByRole('gridcell').first().click();
    await image.waitFor();
    await page.keyboard.press('Escape');
    await image.waitFor({ state: 'hidden' });
  }
});
