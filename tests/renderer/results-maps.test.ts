import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sampleFolder } from '../services/report/sample-lab.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from './harness.ts';

async function open(route: string): Promise<Page> {
  const host = await startHost({ dataFolder: await sampleFolder(temporaryFolder()) });
  return openPage(host, { route: `/studies/sample/results${route}` });
}

async function saved(page: Page, title: RegExp, as: string): Promise<Buffer> {
  await page.getByRole('button', { name: title }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: as, exact: true }).click(),
  ]);
  return readFileSync(await download.path());
}

test.skipIf(!hasBrowser)('saved Figures 3 and 4 have every pair, also those that are out of sight', async () => {
  const page = await open('/stimuli?map=labels');
  for (const figure of [3, 4]) {
    if (figure === 4) await page.getByText('Types', { exact: true }).last().click();
    const map = page.getByRole('listbox', { name: new RegExp(`^Figure ${figure}`) });
    await map.waitFor();
    const title = new RegExp(`^Copy or save: Figure ${figure}`);
    const svg = (await saved(page, title, 'Save as SVG')).toString('utf8');
    expect(svg.match(/<image /g)).toHaveLength(165);
    expect(svg.match(/>\d – \d<\/text>/g)).toHaveLength(15);
    expect(svg).toMatch(/165 images, 10 simulated labelers/);
    if (figure === 4) expect(svg).toMatch(/165 images, 10 simulated labelers, 9 networks/);
    expect(svg).toContain('REHEARSAL');
    const png = await saved(page, title, 'Save as PNG');
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    expect(width).toBeGreaterThan(2 * 11 * 50);
    expect(height).toBeGreaterThan(2 * 15 * 50);
    await screenshot(page, `results-figure-${figure}`);
  }
});

test.skipIf(!hasBrowser)('the map is a table, too, whose rows open their images', async () => {
  const page = await open('/stimuli');
  await page.getByRole('button', { name: /^Show as table: Figure 4/ }).press('Enter');
  const table = page.getByRole('grid', { name: /^Figure 4/ });
  await table.waitFor();
  await table.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: /^Image \d+$/ }).waitFor();
  expect(await violations(page)).toEqual([]);
});
