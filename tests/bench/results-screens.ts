/**
 * The results' screens in Chromium, served by the browser host in a process of its own: how soon each view's charts are
 * drawn.
 *
 *   npm run bench -- results [--repeats 7] [--data FOLDER --study NAME] [--json FILE]
 *
 * Without `--data`: the sample study. A data folder that is named is not changed.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openChromium } from './window/fresh-page.ts';
import type { Browser, Page } from 'playwright';
import { ensurePage } from '../../scripts/setup/page.mjs';
import { giveKeys, type Keys, letIn } from '../hosts/browser/let-in.ts';
import { sampleFolder } from '../services/report/sample-lab.ts';
import { untilDrawn } from './window/in-page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '7' },
    data: { type: 'string' },
    study: { type: 'string', default: 'sample' },
    json: { type: 'string' },
  },
});

/** Each view, and what is there once its charts are. */
const views: readonly { view: string; selector: string }[] = [
  { view: 'types', selector: '.page .recharts-bar-rectangle' },
  { view: 'softmax', selector: '.page .recharts-bar-rectangle' },
  { view: 'certainty', selector: '.page .recharts-scatter-symbol' },
  { view: 'stimuli', selector: '.page .stimulus-map' },
  { view: 'along', selector: '.page .chart-line' },
  { view: 'agreement', selector: '.page .chart-line' },
];

const address = (view: string): string => `#/studies/${encodeURIComponent(values.study)}/results/${view}`;

/** A page on the comparing view, without any request for the other views. */
async function freshPage(browser: Browser, host: Keys): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await giveKeys(page.context(), host);
  await page.goto(`${host.origin}/${address('compare')}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForTimeout(2500);
  return page;
}

/** Milliseconds from opening a view until its first chart is drawn: with a request for its data, then with cached data. */
async function phaseTimes(browser: Browser, host: Keys, { view, selector }: (typeof views)[number]) {
  const times = { asked: [] as number[], kept: [] as number[] };
  // The host keeps its analysis after this one, as while somebody reads results.
  for (let repeat = 0; repeat <= Number(values.repeats); repeat++) {
    const page = await freshPage(browser, host);
    const asked = await page.evaluate(untilDrawn, { hash: address(view), selector, count: 1 });
    await page.waitForTimeout(500);
    await page.evaluate((hash) => (window.location.hash = hash), address('compare'));
    await page.locator(selector).waitFor({ state: 'detached' });
    const kept = await page.evaluate(untilDrawn, { hash: address(view), selector, count: 1 });
    await page.context().close();
    if (repeat === 0) continue;
    times.asked.push(asked);
    times.kept.push(kept);
  }
  return { view, ...times };
}

await ensurePage(root, process.execPath);
const folder = mkdtempSync(join(tmpdir(), 'results-screens-'));
if (values.data !== undefined) cpSync(values.data, join(folder, 'data'), { recursive: true });
const dataFolder = values.data === undefined ? await sampleFolder(folder) : join(folder, 'data');
const browser = await openChromium();
try {
  const host = fork(fileURLToPath(new URL('window/host.ts', import.meta.url)), [dataFolder]);
  const [message] = (await once(host, 'message')) as [{ address: string }];
  const result = { study: values.study, views: [] as Awaited<ReturnType<typeof phaseTimes>>[] };
  const keys = await letIn(message.address);
  for (const view of views) result.views.push(await phaseTimes(browser, keys, view));
  console.log(JSON.stringify(result));
  if (values.json) writeFileSync(values.json, JSON.stringify(result));
  host.send('end');
  await once(host, 'exit');
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
