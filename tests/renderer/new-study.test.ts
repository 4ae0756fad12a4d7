import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { toOneFile } from '../../renderer/features/new-study/dropped-files.ts';
import { writeColors } from '../services/new-study/pictures.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, launchBrowser, openPage, screenshot, startHost, violations } from './harness.ts';

test('a folder of more files than a zip can hold is refused before it is packed', async () => {
  const file = new File(['x'], '1.png');
  const folder = Array.from({ length: 65_535 }, (_, k) => ({ path: `pets/cat/${k}.png`, file }));
  await expect(toOneFile(folder)).rejects.toMatchObject({
    code: 'drop.too-many',
    message: 'This folder has 65,535 files, and the page can pack 65,534',
  });
});

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

/** The largest difference between red, green and blue in a picture. */
const colorOf = (page: Page, selector: string): Promise<number> =>
  page
    .locator(selector)
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      let most = 0;
      for (let k = 0; k + 3 < data.length; k += 4) {
        const [red = 0, green = 0, blue = 0] = [data[k], data[k + 1], data[k + 2]];
        most = Math.max(most, Math.max(red, green, blue) - Math.min(red, green, blue));
      }
      return most;
    });

test.skipIf(!hasBrowser)(
  'a folder of colored pictures becomes a study that runs to its report, and is labeled in color',
  { timeout: 300_000 },
  async () => {
    const folder = join(temporaryFolder(), 'lamps');
    writeColors(folder, ['blau', 'grün', 'rot'], 12, 12);
    const host = await startHost();
    const browser = await launchBrowser();
    const page = await openPage(host, { browser });
    await page.getByRole('link', { name: 'New study from images' }).click();
    await page.getByRole('heading', { name: 'New study from images' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Or a path on the computer').fill(join(folder, 'rot', '0.png'));
    await button(page, 'Look at these images').click();
    await page.getByRole('alert').getByText('What to do').waitFor();
    // Images at a path are read once, and again if a person asks for it.
    const lookAt = async (path: string): Promise<void> => {
      await page.getByLabel('Or a path on the computer').fill(path);
      await button(page, 'Look at these images').click();
    };
    const isRead = page.getByRole('row', { name: /grün 10 2/ });
    const isStored = page.getByText('no file has changed since');
    await lookAt(folder);
    await isRead.waitFor();
    expect(await isStored.count()).toBe(0);
    await button(page, 'Choose other images').click();
    await lookAt(folder);
    await isStored.waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'new-study-prepared');
    await button(page, 'Read again').click();
    await isStored.waitFor({ state: 'hidden' });
    await isRead.waitFor();
    await button(page, 'Choose other images').click();
    // What a drop of the folder gives too.
    await page.getByLabel('Folder of images').setInputFiles(folder);
    const isFound = page.getByText('Image folder; 36 images in 3 classes; 12 × 12 pixels, in color');
    await isFound.waitFor().catch(async (error: unknown) => {
      throw new Error(`The page says: ${await page.locator('.new-study').textContent()}`, { cause: error });
    });
    await isRead.waitFor();
    await expect.poll(() => colorOf(page, '.new-study-pictures canvas')).toBeGreaterThan(60);
    await page.getByText(/^Proposed: \d+/).waitFor({ timeout: 120_000 });
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'new-study');
    await page.getByLabel('Networks of each architecture').fill('1');
    await page.getByLabel('Simulated labelers').fill('3');
    await page.getByText(/^3 networks at/).waitFor();
    await button(page, 'Start study').click();
    await page.getByRole('heading', { name: 'lamps: networks and people' }).waitFor();
    await expect.poll(() => page.locator('.pipeline-step[data-state="done"]').count(), { timeout: 200_000 }).toBe(7);

    const route = '/studies/lamps/labeling';
    const desk = await openPage(host, { browser, route });
    await button(desk, 'Save the plan').click();
    await desk.getByRole('tab', { name: 'Sessions' }).click();
    await button(desk, /^Create \d+ sessions?$/).click();
    await button(desk, /^Start .* on this screen$/)
      .first()
      .click();
    await button(desk, 'Start without a PIN').click();
    await desk.getByRole('button', { name: 'Start', exact: true }).click();
    await desk.locator('.desk-cell canvas').first().waitFor();
    await expect.poll(() => colorOf(desk, '.desk-cell canvas')).toBeGreaterThan(60);
    // A key counts once the desk has begun to listen.
    const answered = desk.locator('.desk-cell canvas[aria-label*="answer"]');
    await expect
      .poll(async () => {
        await desk.keyboard.press('b');
        return answered.count();
      })
      .toBeGreaterThan(0);
  },
);
