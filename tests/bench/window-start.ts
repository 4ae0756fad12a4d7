/**
 * From the start of the host to a page that shows the studies, warm: the page is built, code is cached, a browser runs.
 *
 *   npm run bench -- window-start [--repeats 7] [--json FILE]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import type { Browser } from 'playwright';
import { ensurePage } from '../../scripts/setup/page.mjs';
import { browserPath } from '../../scripts/setup/test-browser.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { repeats: { type: 'string', default: '7' }, json: { type: 'string' } } });
const executablePath = browserPath;
if (!executablePath) throw new Error('There is no Chromium to measure with.');

/** Milliseconds since the host's process was started. */
interface Start {
  /** Until the host has printed its address. */
  host: number;
  /** Until the page shows the first screen with its data. */
  usable: number;
}

async function start(browser: Browser, dataFolder: string): Promise<Start> {
  const began = performance.now();
  const entry = join(root, 'main', 'hosts', 'browser', 'index.ts');
  const words = ['--disable-warning=ExperimentalWarning', entry, '--no-open', '--data', dataFolder];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = await once(child.stdout, 'data');
  const host = performance.now() - began;
  const address = /http:\/\/\S+/.exec(String(printed))?.[0] ?? '';
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address, { waitUntil: 'commit' });
  await page.getByRole('main').getByRole('button').first().waitFor();
  const usable = performance.now() - began;
  await context.close();
  child.kill('SIGINT');
  await once(child, 'exit');
  return { host, usable };
}

await ensurePage(root, process.execPath);
const folder = mkdtempSync(join(tmpdir(), 'window-start-'));
const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
try {
  // The first one fills the caches, of the system and of compiled code, and makes the database.
  const first = await start(browser, join(folder, 'data'));
  const starts: Start[] = [];
  for (let k = 0; k < Number(values.repeats); k++) starts.push(await start(browser, join(folder, 'data')));
  console.log(JSON.stringify({ first, starts }));
  if (values.json) writeFileSync(values.json, JSON.stringify({ first, starts }));
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
