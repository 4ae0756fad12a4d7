import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from './harness.ts';
import { copied, prepareTenDigits, studyName, untrainedTenDigits } from './ten-digits.ts';

const route = `/studies/${encodeURIComponent(studyName)}/stimuli`;
const patience = 240_000;

let prepared = '';
let untrained = '';
beforeAll(async () => {
  if (!hasBrowser) return;
  untrained = await untrainedTenDigits({ title: '<img src=x onerror=alert(1)>' });
  prepared = await prepareTenDigits(['models']);
}, patience);
afterAll(() => {
  for (const folder of [prepared, untrained]) if (folder) rmSync(join(folder, '..'), { recursive: true, force: true });
});

/** Presses Tab until what has the focus is this. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
  }
  throw new Error(`Tab never comes to ${selector}`);
}

const wall = (page: Page) => page.getByRole('listbox', { name: /^Candidates of 0/ });
const current = (page: Page) => wall(page).getByRole('option');
const openPart = (page: Page, name: string) => page.getByRole('tab', { name }).click();
/** The one sentence that says how balanced the pairs are. */
const balance = (page: Page) => page.getByRole('status').filter({ hasText: 'pairs.' });

describe.skipIf(!hasBrowser)('the stimuli screen', () => {
  test('says what is missing, what went wrong, and that names are only names', { timeout: patience }, async () => {
    const host = await startHost({ dataFolder: untrained });
    const page = await openPage(host, { route });
    await page.getByRole('heading', { name: 'No candidates yet' }).waitFor();
    await page.getByRole('button', { name: 'Find candidates' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'stimuli-empty');
    await openPart(page, 'Freeze');
    await expect.poll(() => page.getByRole('button', { name: 'Freeze 105 images' }).isDisabled()).toBe(true);
    await openPart(page, 'Pairs');
    await balance(page).filter({ hasText: '15 pairs. Balanced: every class is in 3 pairs.' }).waitFor();
    await openPart(page, 'Anchors');
    await page.getByRole('button', { name: 'Find candidates' }).click();
    await wall(page).waitFor({ timeout: 120_000 });

    // The trained reference says which pairs it confuses.
    await openPart(page, 'Pairs');
    await page.getByRole('combobox', { name: 'Pair design' }).click();
    await page.getByRole('option', { name: 'Most confused' }).click();
    await page.getByRole('button', { name: 'Find the most confused pairs' }).click();
    await page.getByRole('heading', { name: 'Most confused pairs' }).waitFor({ timeout: patience });
    await page.getByRole('textbox', { name: 'Pairs', exact: true }).fill('7');
    await balance(page).filter({ hasText: '7 pairs.' }).waitFor();
    await expect.poll(() => page.getByRole('checkbox', { name: /^Use \d and \d$/, checked: true }).count()).toBe(7);
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'stimuli-confused');
    await page.goto(`${new URL(host.address).origin}/#/studies/nothing/stimuli`);
    await page.getByRole('alert').filter({ hasText: 'There is no study "nothing"' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test('anchors and pairs, by keyboard alone', { timeout: patience }, async () => {
    const host = await startHost({ dataFolder: copied(prepared, 'flow') });
    const page = await openPage(host, { route });
    await wall(page).waitFor();
    await tabTo(page, '[role="listbox"]');
    await expect.poll(() => current(page).textContent()).toMatch(/^anchor, seed 1, sample \d+/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => current(page).textContent()).not.toContain('anchor');
    await page.keyboard.press('p');
    await page.getByText('Pinned only (1)').waitFor();
    await page.keyboard.press('Enter');
    await current(page)
      .filter({ hasText: /^anchor, pinned/ })
      .waitFor();
    await page.keyboard.press('Control+z');
    await current(page)
      .filter({ hasText: /^pinned/ })
      .waitFor();
    await page.keyboard.press('Control+Shift+z');
    await current(page)
      .filter({ hasText: /^anchor, pinned/ })
      .waitFor();
    await page.keyboard.press(' ');
    await page.getByRole('article', { name: /^Anchor/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'stimuli-anchors');

    // A point of one's own: moved by arrow keys, drawn at once.
    await tabTo(page, 'summary');
    await page.keyboard.press('Enter');
    await tabTo(page, '[aria-label^="Move along two directions"]');
    const numbers = page.getByLabel('z (100 numbers)');
    const before = await numbers.inputValue();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowUp');
    await page.getByText('First direction 1.00, second direction 1.00').waitFor();
    await expect.poll(() => numbers.inputValue()).not.toBe(before);
    await page.getByRole('row', { name: /^CNN1-80/ }).waitFor();
    await page.getByRole('button', { name: 'Use as anchor of 0' }).press('Enter');
    await page
      .getByRole('button', { name: /^Anchor of 0/ })
      .filter({ hasText: 'moved' })
      .waitFor();
    await numbers.fill('1, 2, three');
    await page.getByText('"three" is not a number').waitFor();

    // The design: a box of the table, then back.
    await page.getByRole('tab', { name: 'Anchors' }).focus();
    await page.keyboard.press('ArrowRight');
    await balance(page).filter({ hasText: 'Balanced: every class is in 3 pairs.' }).waitFor();
    await page.getByRole('checkbox', { name: '0 and 1' }).press(' ');
    await balance(page)
      .filter({ hasText: '14 pairs. Not balanced: most classes are in 3 pairs, 0 in 2, 1 in 2.' })
      .waitFor();
    await screenshot(page, 'stimuli-pairs');
    await page.getByRole('button', { name: '0, in 2 pairs' }).press('Enter');
    await page.getByRole('button', { name: '1, in 2 pairs' }).press('Enter');
    await balance(page).filter({ hasText: '15 pairs. Balanced' }).waitFor();
    await page.getByRole('checkbox', { name: '0 and 9' }).press(' ');
    await page.getByRole('checkbox', { name: '2 and 9' }).press(' ');
    await page.getByRole('checkbox', { name: '0 and 2' }).press(' ');
    await balance(page).filter({ hasText: '9 in 1' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test('freezing and predictions, and the way back to an earlier set', { timeout: patience }, async () => {
    const host = await startHost({ dataFolder: copied(prepared, 'frozen') });
    const page = await openPage(host, { route });
    await wall(page).focus();
    await expect.poll(() => current(page).textContent()).toMatch(/^anchor, seed 1, sample \d+/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Undo', disabled: false }).waitFor();

    // Before freezing: live votes.
    await openPart(page, 'Preview');
    const grid = page.getByRole('listbox', { name: /^All images/ });
    await grid.getByRole('option').filter({ hasText: 'most networks: 0' }).waitFor({ timeout: 60_000 });
    await page.getByText('15 pairs, from the draft').waitFor();

    await openPart(page, 'Freeze');
    await page.getByRole('button', { name: 'Freeze 105 images' }).press('Enter');
    await page.getByRole('heading', { name: 'Frozen: 105 images' }).waitFor({ timeout: 60_000 });
    await expect.poll(() => page.getByRole('button', { name: 'Undo' }).isDisabled()).toBe(true);
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'stimuli-frozen');

    await openPart(page, 'Preview');
    await page.getByText('15 pairs, frozen').waitFor();
    await grid.getByRole('option').filter({ hasText: 'most networks: 0' }).waitFor({ timeout: 60_000 });
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: 'Image 8' });
    await drawer.getByRole('row', { name: /^ViT1-70/ }).waitFor();
    expect(page.url()).toContain('image=8');
    await expect.poll(() => drawer.getByRole('row').count()).toBe(4);
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'stimuli-image');
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    expect(page.url()).not.toContain('image=');

    // Another interpolation is another set: the screen says so, and undoing brings the frozen one back.
    await page.getByRole('radio', { name: 'Spherical' }).press(' ');
    await page.getByText(/^Draft differs from frozen/).waitFor();
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    const hash = await page.getByText('Frozen', { exact: true }).getAttribute('title');

    // What another tab changes meanwhile is not taken back here; what it changed again is not either.
    const other = await openPage(host, { route: `${route}?part=preview` });
    const [mine, theirs] = [page, other].map((each) => each.getByRole('radio', { name: 'Spherical' }));
    await mine?.press(' ');
    await expect.poll(() => theirs?.isChecked()).toBe(true);
    await other.getByLabel('Images per pair').fill('5');
    await page.getByText(/ 5 alphas · spherical/).waitFor();
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await other.getByText(/ 5 alphas · linear/).waitFor();
    await other.getByRole('radio', { name: 'Spherical' }).press(' ');
    await page.getByText(/ 5 alphas · spherical/).waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Redo' }).isDisabled()).toBe(true);
    await other.close();

    // The set before comes back with the draft that made it.
    await openPart(page, 'Freeze');
    await page.getByText(/You can use the old set again under/).waitFor();
    await page.getByRole('button', { name: 'Freeze 75 images' }).click();
    await page.getByRole('heading', { name: 'Frozen: 75 images' }).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: /^Use set .* again/ }).click();
    const dialog = page.getByRole('dialog', { name: /^Use set .* again/ });
    await dialog.getByText('The study gets back the draft that made this set', { exact: false }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'stimuli-earlier');
    await dialog.getByRole('button', { name: 'Use this set' }).click();
    await page.getByRole('heading', { name: 'Frozen: 105 images' }).waitFor();
    await page
      .getByText('Frozen', { exact: true })
      .and(page.getByTitle(hash ?? ''))
      .waitFor();

    // Real images instead of the generator are a change of the draft: the frozen set stays, and undoing brings it back.
    await page.getByRole('radio', { name: 'Real images' }).press(' ');
    const asked = page.getByRole('dialog', { name: 'Make the images from real ones?' });
    await asked.getByText('Anchors that you chose do not fit', { exact: false }).waitFor();
    await asked.getByText(/^The frozen images stay until you freeze others\. Then/).waitFor();
    await asked.getByRole('button', { name: 'Use real images' }).click();
    await page.getByText(/ 7 alphas · pixel values/).waitFor();
    await openPart(page, 'Anchors');
    await page.getByRole('button', { name: 'Find candidates' }).click();
    await wall(page).waitFor({ timeout: 60_000 });
    await page.getByText('Drawn by', { exact: false }).waitFor({ state: 'detached' });
    await screenshot(page, 'stimuli-real');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page
      .getByText('Frozen', { exact: true })
      .and(page.getByTitle(hash ?? ''))
      .waitFor();
    await page.getByText('Drawn by mnist-dcgan64', { exact: false }).waitFor();
  });

  test('more candidates come, a frozen set goes out as an archive and in again, in dark', {
    timeout: patience,
  }, async () => {
    const host = await startHost({ dataFolder: copied(prepared, 'exchange') });
    const page = await openPage(host, {
      route: `${route}?part=freeze`,
      colorScheme: 'dark',
      width: 1920,
      height: 1080,
    });
    await openPart(page, 'Anchors');
    await page.getByText('24 candidates.').waitFor();
    await page.getByRole('button', { name: 'Find more' }).click();
    await page.getByLabel('Samples').fill('300');
    await page.getByLabel('Candidates of each class').fill('6');
    await page.getByRole('button', { name: 'Draw 300 samples' }).click();
    await page.getByText('30 candidates.').waitFor({ timeout: 60_000 });
    // A point that the reference classifier takes for another class is questioned when chosen, and before freezing.
    const seven = await (async () => {
      await page.getByRole('button', { name: /^Anchor of 7/ }).click();
      await page.getByText('Custom point: enter z, or move it').click();
      return page.getByLabel('z (100 numbers)').inputValue();
    })();
    await page.getByRole('button', { name: /^Anchor of 0/ }).click();
    await page.getByText('Custom point: enter z, or move it').click();
    await page.getByLabel('z (100 numbers)').fill(seven);
    await page.getByRole('button', { name: 'Draw this point' }).click();
    const useAsZero = page.getByRole('button', { name: 'Use as anchor of 0' });
    await useAsZero.click();
    const question = page.getByRole('dialog');
    await question.getByText(/calls it 7 \(.*\), not 0/).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'stimuli-doubt');
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    await page.getByText('called 7').waitFor({ state: 'detached' });
    await useAsZero.click();
    await question.getByRole('button', { name: 'Use as anchor of 0' }).click();
    await page
      .getByRole('button', { name: /^Anchor of 0/ })
      .filter({ hasText: 'called 7' })
      .waitFor();
    await openPart(page, 'Freeze');
    await page.getByRole('button', { name: 'Freeze 105 images' }).click();
    await question.getByText('Anchor of 0: called 7', { exact: false }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'stimuli-doubt-freeze');
    await question.getByRole('button', { name: 'Freeze 105 images' }).click();
    await page.getByRole('heading', { name: 'Frozen: 105 images' }).waitFor({ timeout: 60_000 });
    const began = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as people see it' }).click();
    const path = join(temporaryFolder(), 'set.zip');
    await (await began).saveAs(path);
    expect(Object.keys(unzipSync(readFileSync(path))).length).toBe(105 + 2);
    for (const part of ['Anchors', 'Pairs', 'Preview', 'Freeze']) {
      await openPart(page, part);
      const shown = page.getByRole('listbox', { name: /^All images/ }).getByRole('option');
      // The anchor of 0 is called 7 here.
      if (part === 'Preview') await shown.filter({ hasText: 'most networks: ' }).waitFor();
      expect(await violations(page), part).toEqual([]);
      await screenshot(page, `stimuli-${part.toLowerCase()}-dark`);
    }
    await page.locator('input[type="file"]').setInputFiles(path);
    await question.getByText('Labels: there are none.').waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'stimuli-import');
    await question.getByRole('button', { name: 'Import the set' }).click();
    await page.getByText('Imported 105 images').waitFor({ timeout: 60_000 });
    await page
      .getByText('imported', { exact: true })
      .or(page.getByText('10 classes · 15 pairs, balanced · 7 alphas · imported'))
      .first()
      .waitFor();
    await expect.poll(() => page.getByRole('tab', { name: 'Anchors' }).isDisabled()).toBe(true);
    await openPart(page, 'Preview');
    await page.getByText('15 pairs, frozen').waitFor();
  });
});
