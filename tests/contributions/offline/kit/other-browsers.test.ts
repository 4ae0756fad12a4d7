import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { hasBrowser, screenshotFolder } from '../../../renderer/harness.ts';
import { hasFirefox, openFirefox } from './browsers/firefox.ts';
import { keys, type OtherBrowser } from './browsers/other-browser.ts';
import { hasWebKit, openWebKit } from './browsers/webkit.ts';
import { savedKit } from './computers.ts';

const all = [
  { name: 'Firefox', isHere: hasFirefox && hasBrowser, open: openFirefox, reopened: true },
  // It keeps no profile while WebDriver drives it.
  { name: 'WebKit', isHere: hasWebKit && hasBrowser, open: openWebKit, reopened: false },
];

for (const { name, isHere, open, reopened } of all) {
  test.skipIf(!isHere)(
    `a kit in ${name}: labels by keys, loaded again, goes on at the exact image, brought home`,
    async () => {
      const { page, address } = await savedKit(1, { practice: 0, repeats: 0, attention: 0 });
      const folder = temporaryFolder();
      const [profile, downloads] = [join(folder, 'profile'), join(folder, 'downloads')];
      for (const each of [profile, downloads]) mkdirSync(each);
      const first = await open(profile, downloads);
      await first.open(address);
      await begin(first);
      await label(first, 12);
      await keepPicture(first, name);
      await first.open('about:blank');
      await first.evaluate('(history.back(), null)');
      await begin(first);
      expect(await focused(first)).toBe(12);
      await first.press(keys.backspace);
      await expect.poll(() => focused(first)).toBe(11);
      await label(first, 20);
      if (reopened) await first.close();
      const second = reopened ? await open(profile, downloads) : first;
      // Left in the middle, and opened once more in the same tab.
      await second.open('about:blank');
      await second.open(address);
      await begin(second);
      expect(await focused(second)).toBe(20);
      await label(second, 33);
      await click(second, 'Finish');
      await expect.poll(() => second.evaluate('document.querySelector("h1")?.textContent')).toBe('Thank you');
      await click(second, 'Save the result file');
      const saved = (): string[] => readdirSync(downloads).filter((file) => /^labels-.*\.json$/.test(file));
      await expect.poll(saved).toHaveLength(1);
      await second.close();
      await page.getByLabel('Result file of a kit').setInputFiles(join(downloads, saved()[0] ?? ''));
      await page.getByRole('dialog').getByText('New events').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Import the answers' }).click();
      await page
        .getByRole('row', { name: /Finished/ })
        .getByText('33 of 33')
        .waitFor();
    },
  );
}

/** From the instructions to the images. */
async function begin(browser: OtherBrowser): Promise<void> {
  const ready = `[...document.querySelectorAll('button')].some(({ textContent }) => /^(Start|Continue)$/.test(textContent))`;
  await expect.poll(() => browser.evaluate(ready)).toBe(true);
  await browser.evaluate(`document.querySelector('.desk-main-button').focus()`);
  await browser.press(keys.enter);
  await expect.poll(() => focused(browser)).toBeGreaterThanOrEqual(0);
}

/** Labels by keys up to a trial. */
async function label(browser: OtherBrowser, end: number): Promise<void> {
  for (let trial = await focused(browser); trial < end; trial++) {
    await browser.press(String((trial % 3) + 1));
    if (trial < 32) await expect.poll(() => focused(browser)).toBe(trial + 1);
  }
}

/** The trial in focus, from 0; -1: none. */
async function focused(browser: OtherBrowser): Promise<number> {
  const found = `document.querySelector('.desk-cell[aria-current="true"] canvas')?.getAttribute('aria-label') ?? ''`;
  const label = z.string().parse(await browser.evaluate(found));
  return Number(/Image (\d+)/.exec(label)?.[1] ?? 0) - 1;
}

async function click(browser: OtherBrowser, name: string): Promise<void> {
  const found = `[...document.querySelectorAll('button')].find(({ textContent }) => textContent === '${name}')`;
  await expect.poll(() => browser.evaluate(`${found} !== undefined`)).toBe(true);
  await browser.evaluate(`(${found}.focus(), null)`);
  await browser.press(keys.enter);
}

/** Keeps a picture where BOUNDARY_SCREENSHOTS asks for one. */
async function keepPicture(browser: OtherBrowser, name: string): Promise<void> {
  const picture = await browser.screenshot();
  if (screenshotFolder) writeFileSync(join(screenshotFolder, `kit-${name.toLowerCase()}.png`), picture);
}
