import { readFileSync } from 'node:fs';
import type { Download, Page } from 'playwright';
import { expect, test } from 'vitest';
import { sampleFolder } from '../services/report/sample-lab.ts';
import { hasBrowser, screenshot, shareHost, violations } from './harness.ts';

const shared = shareHost(sampleFolder);

const open = (route: string): Promise<Page> => shared.openPage({ route: `/studies/sample/results${route}` });

/** Retries until the images are loaded: a map cannot be saved before. */
async function saved(page: Page, title: RegExp, as: string): Promise<Buffer> {
  let file: Buffer | null = null;
  const ending = as.endsWith('PNG') ? '.png' : '.svg';
  const isWanted = (download: Download): boolean => download.suggestedFilename().endsWith(ending);
  const isSaved = async (): Promise<boolean> => {
    await page.getByRole('button', { name: title }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download', { timeout: 20_000, predicate: isWanted }).catch(() => null),
      page.getByRole('menuitem', { name: as, exact: true }).click(),
    ]);
    if (download) file = readFileSync(await download.path());
    return file !== null;
  };
  await expect.poll(isSaved, { timeout: 120_000 }).toBe(true);
  if (!file) throw new Error('it is saved');
  return file;
}

/** Number of grays in the middle of a PNG: many in a stimulus, few in a frame. */
const graysOf = (page: Page, png: Buffer): Promise<number> =>
  page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext('2d');
    context?.drawImage(image, 0, 0);
    const { data: values = [] } =
      context?.getImageData(image.width / 2 - 150, image.height / 2 - 150, 300, 300) ?? ({} as Partial<ImageData>);
    const grays = new Set<number>();
    for (let at = 0; at < values.length; at += 4) {
      const [red, green, blue] = [values[at], values[at + 1], values[at + 2]];
      if (red !== undefined && red === green && green === blue) grays.add(red);
    }
    return grays.size;
  }, png.toString('base64'));

test.skipIf(!hasBrowser)('saved Figures 3 and 4 include pairs that are scrolled out of view', async () => {
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
    if (figure === 3) expect(svg).toMatch(/Classes that simulated labelers named/);
    const png = await saved(page, title, 'Save as PNG');
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    expect(width).toBeGreaterThan(2 * 11 * 50);
    expect(height).toBeGreaterThan(2 * 15 * 50);
    if (figure === 3) expect(await graysOf(page, png)).toBeGreaterThan(60);
    await screenshot(page, `results-figure-${figure}`);
  }
});

test.skipIf(!hasBrowser)('the map is also a table; its rows open their images', async () => {
  const page = await open('/stimuli');
  await page.getByRole('button', { name: /^Show as table: Figure 4/ }).press('Enter');
  const table = page.getByRole('grid', { name: /^Figure 4/ });
  await table.waitFor();
  await table.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: /^Image \d+$/ }).waitFor();
  expect(await violations(page)).toEqual([]);
});
