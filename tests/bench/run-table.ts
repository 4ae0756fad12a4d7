/**
 * The screen of models with thousands of runs of hundreds of recipes, in Chromium, served by the browser host in a process
 * of its own. The table has a column for each hyperparameter that differs: more than twenty.
 *
 *   npm run bench -- run-table [--runs 5000] [--points 5000000] [--repeats 7] [--curves] [--json FILE]
 *
 * `--curves`: only the 100 overlaid curves, zoomed and moved.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Browser, CDPSession } from 'playwright';
import { ensurePage } from '../../scripts/setup/page.mjs';
import { giveKeys, type Keys, letIn } from '../hosts/browser/let-in.ts';
import { benchStudy, fillDatabase } from './window/database.ts';
import { freshPage, openChromium, type Screen, timeTo } from './window/fresh-page.ts';
import { frameTimes, untilDrawn, zoomTimes } from './window/in-page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5000' },
    points: { type: 'string', default: '5000000' },
    repeats: { type: 'string', default: '7' },
    curves: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const repeats = Number(values.repeats);

/** Seconds of measuring the page under events. */
const watched = 20;

const models = `#/studies/${benchStudy}/models`;
const row = '[data-row] [data-column="accuracy"] .target-mark';

const table = { hash: models, selector: row };

/** As often as asked for. */
async function timesTo(browser: Browser, keys: Keys, screen: Screen): Promise<number[]> {
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) times.push(await timeTo(browser, keys, table, screen));
  return times;
}

async function timeToCurve(browser: Browser, keys: Keys, run: number): Promise<number[]> {
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const page = await freshPage(browser, keys, table);
    await page.evaluate((hash) => (window.location.hash = hash), `${models}?run=${run}`);
    await page.getByRole('tab', { name: 'Curves' }).waitFor();
    times.push(
      await page.evaluate(untilDrawn, { click: '[role=tab]:nth-of-type(2)', selector: '.chart-line', count: 2 }),
    );
    await page.context().close();
  }
  return times;
}

async function scroll(browser: Browser, keys: Keys): Promise<number[]> {
  const page = await freshPage(browser, keys, table);
  await page.evaluate((hash) => (window.location.hash = hash), models);
  await page.locator(row).first().waitFor();
  await page.waitForTimeout(500);
  const frames = await page.evaluate(frameTimes, { selector: '.data-table-body', pixels: 60, frames: 300 });
  await page.context().close();
  return frames;
}

/** Frames of zooming and moving a chart of 100 runs. */
async function zoom(browser: Browser, keys: Keys): Promise<number[]> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await giveKeys(page.context(), keys);
  const ids = Array.from({ length: 100 }, (_, index) => index + 2).join(',');
  await page.goto(`${keys.origin}/${models}/compare?runs=${ids}`);
  await page.locator('.chart-line').nth(199).waitFor({ state: 'attached' });
  await page.waitForTimeout(1000);
  const what = { selector: '.zoom-area', line: '.chart-line', frames: 300 };
  const frames = await page.evaluate(zoomTimes, what);
  await page.context().close();
  return frames;
}

/** Titles of the table's columns. */
async function columnTitles(browser: Browser, keys: Keys): Promise<string[]> {
  const page = await freshPage(browser, keys, table);
  await page.evaluate((hash) => (window.location.hash = hash), models);
  await page.locator(row).first().waitFor();
  const titles = await page.getByRole('grid').getByRole('columnheader').allTextContents();
  await page.context().close();
  return titles;
}

interface Load {
  /** Share of one core: the page's process, and all of the browser's. */
  page: number;
  browser: number;
  events: number;
}

/** CPU use of the page while eight workers report fifty times a second each. */
async function underEvents(browser: Browser, host: ChildProcess, keys: Keys): Promise<Load> {
  const page = await freshPage(browser, keys, table);
  await page.evaluate((hash) => (window.location.hash = hash), `${models}`);
  await page.locator(row).first().waitFor();
  await page.waitForTimeout(1000);
  const session = await browser.newBrowserCDPSession();
  host.send('events');
  await page.waitForTimeout(2000);
  const before = await cpuSeconds(session);
  const began = performance.now();
  await page.waitForTimeout(watched * 1000);
  const after = await cpuSeconds(session);
  const seconds = (performance.now() - began) / 1000;
  host.send('quiet');
  const [{ events }] = (await once(host, 'message')) as [{ events: number }];
  await page.context().close();
  return {
    page: (after.renderer - before.renderer) / seconds,
    browser: (after.all - before.all) / seconds,
    events: events / (seconds + 2),
  };
}

/** Seconds of CPU so far. */
async function cpuSeconds(session: CDPSession): Promise<{ renderer: number; all: number }> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sum = (types: readonly string[] | null): number =>
    processInfo
      .filter(({ type }) => types === null || types.includes(type))
      .reduce((total, { cpuTime }) => total + cpuTime, 0);
  return { renderer: sum(['renderer']), all: sum(null) };
}

await ensurePage(root, process.execPath);
const folder = mkdtempSync(join(tmpdir(), 'run-table-'));
const browser = await openChromium();
try {
  const began = performance.now();
  fillDatabase(folder, { runs: Number(values.runs), points: Number(values.points), varied: true });
  process.stderr.write(`Filled in ${Math.round((performance.now() - began) / 1000)} s\n`);
  const host = fork(fileURLToPath(new URL('window/host.ts', import.meta.url)), [folder]);
  const [{ address }] = (await once(host, 'message')) as [{ address: string }];
  const keys = await letIn(address);
  const twenty = Array.from({ length: 20 }, (_, index) => index * 200 + 2).join(',');
  const size = { runs: Number(values.runs), points: Number(values.points) };
  const overlaid = await zoom(browser, keys);
  const second = (1000 * overlaid.length) / overlaid.reduce((sum, time) => sum + time, 0);
  process.stderr.write(`100 curves zoomed and moved: ${second.toFixed(1)} frames a second\n`);
  const found = values.curves
    ? { ...size, zoom: overlaid, frames: [] }
    : {
        ...size,
        zoom: overlaid,
        columns: await columnTitles(browser, keys),
        table: await timesTo(browser, keys, { ...table, count: 10 }),
        curve: await timeToCurve(browser, keys, 2),
        longestCurve: await timeToCurve(browser, keys, 1),
        compare: await timesTo(browser, keys, {
          hash: `${models}/compare?runs=${twenty}`,
          selector: '.chart-line',
          count: 40,
        }),
        frames: await scroll(browser, keys),
        load: await underEvents(browser, host, keys),
      };
  const frames: number[] = found.frames;
  const slow = { count: frames.length, longest: Math.max(0, ...frames), over50: frames.filter((ms) => ms > 50).length };
  console.log(JSON.stringify({ ...found, zoom: overlaid.length, frames: slow }));
  if (values.json) writeFileSync(values.json, JSON.stringify(found));
  host.send('end');
  await once(host, 'exit');
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
