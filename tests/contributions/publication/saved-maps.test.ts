import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { hasBrowser, screenshot, shareHost } from '../../renderer/harness.ts';
import { openHeld } from '../../renderer/held-results.ts';
import { sampleFolder } from '../../services/report/sample-lab.ts';
import { saved } from './saved.ts';

const shared = shareHost(sampleFolder);

const open = (route: string): Promise<Page> => shared.openPage({ route: `/studies/sample/results${route}` });

/** Retries until the images are loaded: a map cannot be saved before. */
async function savedMap(page: Page, title: RegExp, as: string): Promise<Buffer> {
  let file: Buffer | null = null;
  const isSaved = async (): Promise<boolean> => {
    file = (await saved(page, title, as, 20_000).catch(() => null))?.bytes ?? null;
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
    const svg = (await savedMap(page, title, 'Save as SVG')).toString('utf8');
    expect(svg.match(/<image /g)).toHaveLength(165);
    expect(svg.match(/>\d – \d<\/text>/g)).toHaveLength(15);
    expect(svg).toMatch(/165 images, 10 simulated labelers/);
    if (figure === 4) expect(svg).toMatch(/165 images, 10 simulated labelers, 9 networks/);
    expect(svg).toContain('REHEARSAL');
    if (figure === 3) expect(svg).toMatch(/Classes that simulated labelers named/);
    const png = await savedMap(page, title, 'Save as PNG');
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    expect(width).toBeGreaterThan(2 * 11 * 50);
    expect(height).toBeGreaterThan(2 * 15 * 50);
    if (figure === 3) expect(await graysOf(page, png)).toBeGreaterThan(60);
    await screenshot(page, `results-figure-${figure}`);
  }
});

test.skipIf(!hasBrowser)('a map cannot be saved before its images are loaded', async () => {
  const { page, place } = await openHeld('/stimuli', (message) => message.includes('results/pictures'));
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
