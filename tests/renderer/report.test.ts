import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { checkNumbers } from '../services/report/check-numbers.ts';
import { countFromDatabase } from '../services/report/from-database.ts';
import { sampleFolder } from '../services/report/sample-lab.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import type { Page } from 'playwright';
import { byLightness } from './layout.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from './harness.ts';

test.skipIf(!hasBrowser)(
  'sections and words are chosen, seen, kept, and written with their hashes',
  async () => {
    const dataFolder = await sampleFolder(temporaryFolder());
    const before = join(dataFolder, 'studies', 'sample', 'report');
    mkdirSync(before, { recursive: true });
    writeFileSync(join(before, 'index.html'), 'A report of before');
    const beforeTheStudy = new Date(Date.UTC(2026, 0, 1));
    utimesSync(join(before, 'index.html'), beforeTheStudy, beforeTheStudy);
    const host = await startHost({ dataFolder });
    const page = await openPage(host, { route: '/studies/sample/report' });
    const head = page.locator('header').filter({ has: page.getByRole('heading', { name: 'Report', exact: true }) });
    await head.getByText('Stale').waitFor();
    await head.getByText(/File written .* ago/).waitFor();
    expect(await page.getByRole('button', { name: /^Write/ }).count()).toBe(1);
    const report = page.frameLocator('iframe[title="The report"]');
    await report.getByRole('heading', { name: 'Findings' }).waitFor({ timeout: 60_000 });
    await expect.poll(() => report.getByRole('heading', { name: 'Along alpha' }).count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    await screenshot(page, 'report');
    const cutFigures = (within: Pick<Page, 'locator'>): Promise<string[]> =>
      within.locator('.frame .scroll').evaluateAll((boxes) => {
        const cut = boxes.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1);
        return cut.map((box) => box.closest('.frame')?.id ?? '');
      });
    expect((await cutFigures(report)).filter((id) => /^figure-[13]$/.test(id))).toEqual([]);
    for (const whose of ['people', 'networks'])
      expect(await byLightness(report.locator(`#figure-1 .of-${whose} > :not([data-place="other"])`))).toEqual([
        'i',
        'j',
      ]);
    await page.getByText('You can then save it as a ZIP file.').waitFor();
    await page.getByRole('checkbox', { name: /^Along alpha/ }).uncheck();
    const found = report.getByText(/networks trained to 97\.5\s% accuracy/);
    await page.getByRole('checkbox', { name: 'ViT', exact: true }).uncheck();
    await expect.poll(() => found.textContent(), { timeout: 60_000 }).toMatch(/6 networks/);
    await page.getByRole('checkbox', { name: 'ViT', exact: true }).check();
    await expect.poll(() => found.textContent(), { timeout: 60_000 }).toMatch(/9 networks/);
    await page.getByRole('textbox', { name: 'Introduction' }).fill('Why we looked <again>.');
    await report.getByText('Why we looked <again>.').waitFor({ timeout: 60_000 });
    await expect.poll(() => report.getByRole('heading', { name: 'Along alpha' }).count()).toBe(0);
    await page.reload();
    await report.getByText('Why we looked <again>.').waitFor({ timeout: 60_000 });
    await expect.poll(() => page.getByRole('checkbox', { name: /^Along alpha/ }).isChecked()).toBe(false);
    await page.getByRole('button', { name: 'Write report' }).click();
    const save = page.getByRole('link', { name: /^Save archive/ });
    await save.waitFor({ timeout: 90_000 });
    expect(await save.evaluate((link) => link.getBoundingClientRect().bottom <= window.innerHeight)).toBe(true);
    await head.getByText('File written just now').waitFor();
    await expect.poll(() => head.getByText('Done', { exact: true }).count()).toBe(1);
    const fileHeights = page.getByRole('region', { name: 'Files of the report' }).locator('tbody tr');
    expect(Math.max(...(await fileHeights.evaluateAll((rows) => rows.map((row) => row.clientHeight))))).toBeLessThan(
      50,
    );
    await screenshot(page, 'report-written');
    const [download] = await Promise.all([page.waitForEvent('download'), save.click()]);
    const files = unzipSync(readFileSync(await download.path()));
    const manifest = JSON.parse(Buffer.from(files['manifest.json'] ?? []).toString());
    expect(manifest.files.length).toBeGreaterThan(20);
    for (const { name, sha256 } of manifest.files)
      expect(
        createHash('sha256')
          .update(files[name] ?? '')
          .digest('hex'),
        name,
      ).toBe(sha256);
    checkNumbers(files, countFromDatabase(host.dataFolder, 'sample', 97.5));
    expect(Buffer.from(files['report.pdf']?.subarray(0, 5) ?? []).toString()).toBe('%PDF-');
    expect(files['csv/flip-points.csv']).toBeUndefined();
    const written = Buffer.from(files['index.html'] ?? []).toString();
    expect(written).toContain('Why we looked &lt;again&gt;.');
    const alone = await page.context().newPage();
    await alone.setViewportSize({ width: 1000, height: 800 });
    await alone.setContent(written);
    expect(await cutFigures(alone)).not.toContain('models-table');
    await screenshot(alone, 'report-alone');
  },
  240_000,
);
