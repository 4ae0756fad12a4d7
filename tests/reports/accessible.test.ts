import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContext, chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../main/reports/render.ts';
import { browserPath } from '../../scripts/setup/test-browser.mjs';
import { axeViolations } from '../axe.ts';
import { sampleData } from './sample.ts';

const quiet = ['no-sandbox', 'disable-gpu', 'disable-quic', 'no-first-run', 'disable-background-networking'];
const settings = [...quiet, 'disable-component-update', 'disable-sync'].map((name) => `--${name}`);

describe.skipIf(!browserPath)('a report in a browser (skipped where there is no Chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'boundary-axe-'));
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath ?? '', args: settings });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  const samples = {
    rehearsal: sampleData({ targets: [97.5, 98], repeats: 1, pairs: 2 }),
    people: sampleData({ labelers: 'real', pairs: 2 }),
    nobody: sampleData({ labelers: 'none', pairs: 2 }),
  };

  /** Axe needs scripts, which the report's own policy refuses; the test looks past the policy, the reader does not. */
  async function open(
    name: keyof typeof samples,
    options: Parameters<Browser['newContext']>[0],
  ): Promise<BrowserContext> {
    writeFileSync(join(folder, `${name}.html`), renderReport(samples[name]));
    const context = await browser.newContext({ bypassCSP: true, ...options });
    await (await context.newPage()).goto(pathToFileURL(join(folder, `${name}.html`)).href);
    return context;
  }

  it.each([
    ['rehearsal', 'light'],
    ['rehearsal', 'dark'],
    ['people', 'light'],
    ['nobody', 'dark'],
  ] as const)('has no accessibility violation: %s, %s', async (name, colorScheme) => {
    const context = await open(name, { colorScheme, viewport: { width: 1280, height: 800 } });
    const violations = await axeViolations(context.pages()[0]!);
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)).toEqual([]);
    await context.close();
  });

  it.each([1280, 1920, 390])('never scrolls sideways as a whole: %i pixels', async (width) => {
    const context = await open('rehearsal', { viewport: { width, height: 800 } });
    const excess = await context.pages()[0]!.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(excess).toBeLessThanOrEqual(0);
    await context.close();
  });

  it.each(['rehearsal', 'nobody'] as const)(
    'every figure and table is there whole at 1280 pixels: %s',
    async (name) => {
      const context = await open(name, { viewport: { width: 1280, height: 800 } });
      const scrolled = await context
        .pages()[0]!
        .evaluate(() =>
          [...document.querySelectorAll('div.scroll')]
            .filter(
              ({ scrollHeight, clientHeight, scrollWidth, clientWidth }) =>
                scrollHeight > clientHeight || scrollWidth > clientWidth,
            )
            .map((box) => box.getAttribute('aria-labelledby')),
        );
      expect(scrolled).toEqual([]);
      await context.close();
    },
  );

  it('draws styles and images under its own policy, and asks for nothing', async () => {
    const context = await open('rehearsal', { bypassCSP: false });
    const page = context.pages()[0]!;
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    await page.reload();
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([page.url()]);
    expect(complaints).toEqual([]);
    const drawn = await page.evaluate(() => ({
      broken: [...document.images].filter((image) => image.naturalWidth !== 28).length,
      font: getComputedStyle(document.documentElement).fontSize,
    }));
    expect(drawn).toEqual({ broken: 0, font: '14px' });
    await context.close();
  });
});
