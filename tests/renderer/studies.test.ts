import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { repository } from '../architecture/tools.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { hasBrowser, openPage, screenshot, startHost, violations, violationsInAll } from './harness.ts';

const sample = join(repository, 'resources', 'samples', 'sample-study.zip');

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name });

/** Opens the menu of a study and chooses an entry. */
async function choose(page: Page, title: string, entry: string): Promise<void> {
  await button(page, `Actions for ${title}`).click();
  await page.getByRole('menuitem', { name: entry }).click();
}

const sampleTitle = 'Sample study: nine small networks at the boundary between digits';

test.skipIf(!hasBrowser)(
  'first start: one click starts the quick study, and it can be watched and stopped',
  async () => {
    const host = await startHost();
    const page = await openPage(host);
    await heading(page, 'Where do networks and people disagree?').waitFor();
    await expect.poll(() => page.getByText(/(about|to) [\d.]+ (s|min|h)/).count()).toBeGreaterThan(0);
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'studies-first-start');
    await button(page, 'Run quick study').click();
    await heading(page, 'Quick study: nine networks at the boundary between digits').waitFor();
    await page.getByRole('region', { name: 'Work on this study' }).waitFor();
    await page
      .getByText(/on the way to|MNIST|reference CNN/)
      .first()
      .waitFor({ timeout: 60_000 });
    await page.locator('.pipeline-step[data-state="running"]').first().waitFor({ timeout: 60_000 });
    await screenshot(page, 'overview-working');
    await button(page, 'Stop').first().click();
    // By then some trainings have begun, or none.
    const again = page.getByRole('button', { name: /^(Resume \d+ interrupted trainings?|Run remaining steps)$/ });
    await again.waitFor({ timeout: 60_000 });
    expect(await violations(page)).toEqual([]);
  },
);

test.skipIf(!hasBrowser)(
  'the sample study opens from first start; each theme and size is without fault for axe',
  async () => {
    const host = await startHost();
    const first = await openPage(host);
    await button(first, 'Open sample study').click();
    await heading(first, sampleTitle).waitFor({ timeout: 30_000 });
    await expect.poll(() => first.locator('.pipeline-step[data-state="done"]').count()).toBe(7);
    await first.getByText('Rehearsal').first().waitFor();
    for (const [name, route, ready] of [
      ['overview', '/studies/sample', '.pipeline-step'],
      ['studies', '/studies', '.study-item'],
      ['generator-shipped', '/studies/sample/generator', '#provenance'],
    ] as const) {
      await first.goto(`${new URL(host.address).origin}/#${route}`);
      await first.locator(ready).first().waitFor();
      await first.waitForLoadState('networkidle');
      expect(await violationsInAll(first, name)).toEqual([]);
    }
  },
);

test.skipIf(!hasBrowser)(
  'a study is copied, renamed, deleted and brought back, exported and imported again',
  async () => {
    const folder = temporaryFolder();
    const host = await startHost();
    const page = await openPage(host);
    await button(page, 'Open sample study').click();
    await heading(page, sampleTitle).waitFor({ timeout: 30_000 });
    await page.getByRole('link', { name: 'Studies' }).click();
    await choose(page, sampleTitle, 'Copy study');
    const copy = `Copy of ${sampleTitle}`;
    await page.getByRole('link', { name: copy }).waitFor();
    await choose(page, copy, 'Change title');
    await page.getByRole('textbox', { name: 'Title' }).fill('<img src=x onerror=alert(1)> =1+1');
    await page.getByRole('button', { name: 'Change title' }).click();
    const odd = '<img src=x onerror=alert(1)> =1+1';
    await page.getByRole('link', { name: odd }).waitFor();
    // Another tab hears of it.
    const other = await openPage(host);
    await other.getByRole('link', { name: odd }).waitFor();
    await choose(page, odd, 'Delete');
    await other.getByText('Deleted (1)').waitFor();
    await button(page, 'Undo').click();
    await page.getByRole('link', { name: odd }).waitFor();

    const [download] = await Promise.all([
      page.waitForEvent('download', { timeout: 60_000 }),
      choose(page, sampleTitle, 'Export with weights'),
    ]);
    const archive = join(folder, 'exported.zip');
    await download.saveAs(archive);
    expect(download.suggestedFilename()).toMatch(/^sample-\d{4}-\d\d-\d\d\.zip$/);
    await page.locator('input[type=file]').first().setInputFiles(archive);
    await page.locator('.study-item', { hasText: 'sample 2' }).waitFor({ timeout: 30_000 });

    const bytes = readFileSync(archive);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 0xff, bytes.length >> 1);
    const broken = join(folder, 'broken.zip');
    writeFileSync(broken, bytes);
    await page.locator('input[type=file]').first().setInputFiles(broken);
    const refusal = page.getByRole('alert').filter({ hasText: 'nothing was imported' });
    await refusal.waitFor({ timeout: 30_000 });
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'studies-import-refused');
    await refusal.getByRole('button', { name: 'Dismiss' }).click();
    await refusal.waitFor({ state: 'detached' });
    await expect.poll(() => page.locator('.study-item').count()).toBe(3);
  },
);

test.skipIf(!hasBrowser)(
  'by keyboard alone: a new study from a file, with its faults told, and the list walked',
  async () => {
    const host = await startHost();
    const page = await openPage(host);
    await heading(page, 'Where do networks and people disagree?').waitFor();
    await tabTo(page, 'Create study');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Create study' });
    await dialog.waitFor();
    await dialog.getByRole('radio', { name: /^Quick study/ }).waitFor();
    await dialog.getByRole('radio', { name: /^Quick study/ }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    const fresh = dialog.getByRole('checkbox', { name: 'Fresh anchors for every pair' });
    await expect.poll(() => fresh.isChecked()).toBe(true);
    await dialog.getByRole('radio', { name: /in two hours$/ }).check();
    await expect.poll(() => fresh.isChecked()).toBe(false);
    await dialog.getByRole('radio', { name: /^Quick study/ }).check();
    await tabTo(page, 'People only');
    await page.keyboard.press('Space');
    await tabTo(page, 'Name');
    await page.keyboard.type('bad/name');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').filter({ hasText: 'cannot be called' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'studies-new-refused');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('mine');
    await page.keyboard.press('Enter');
    await page.locator('.pipeline-step').first().waitFor();
    expect(page.url()).toContain('#/studies/mine');
    await screenshot(page, 'overview-new');
    expect(await violations(page)).toEqual([]);
    // No model is asked of it, and its question is the researcher's.
    await page.getByText('None planned: people only').waitFor();
    await tabTo(page, 'Edit question');
    await page.keyboard.press('Enter');
    const question = page.getByRole('textbox', { name: 'Question of the study' });
    await question.fill('Do people see a 3 or an 8?');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.overview-question').getByText('Do people see a 3 or an 8?').waitFor();
    await button(page, 'Edit question').and(page.locator(':focus')).waitFor();
    await page.goto(`${new URL(host.address).origin}/#/studies`);
    await page.locator('.study-item').waitFor();
    await page.keyboard.press('j');
    await focusFilter(page);
    await page.keyboard.type('nothing like this');
    await page.getByText('No study matches').waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('mine');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('.pipeline-step').first().waitFor();
  },
);

/** By `/`, which a list hears as soon as it is there. */
async function focusFilter(page: Page): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    await page.keyboard.press('/');
    return (await page.locator('input:focus').count()) === 1;
  };
  await expect.poll(isThere).toBe(true);
}

/** Goes on with Tab until something of this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      const labels =
        element instanceof HTMLInputElement ? [...(element.labels ?? [])].map((label) => label.textContent) : [];
      return [element?.getAttribute('aria-label'), element?.textContent, ...labels].join(' ');
    });
    if (at.includes(name)) return;
  }
  throw new Error(`Tab never came to ${name}`);
}

test.skipIf(!hasBrowser)('an address of a study that is not there says so, with what to do', async () => {
  const host = await startHost();
  for (const route of ['/studies/nothing', '/studies/nothing/generator']) {
    const page = await openPage(host, { route });
    await page.getByRole('alert').filter({ hasText: 'There is no study "nothing"' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.close();
  }
});

test.skipIf(!hasBrowser)('an archive that another person has put a hostile name into is shown as text', async () => {
  const host = await startHost();
  const page = await openPage(host);
  await heading(page, 'Where do networks and people disagree?').waitFor();
  const path = join(temporaryFolder(), '<b>=cmd.zip');
  copyFileSync(sample, path);
  await page.locator('input[type=file]').first().setInputFiles(path);
  await page.getByRole('link', { name: sampleTitle }).waitFor({ timeout: 30_000 });
});
