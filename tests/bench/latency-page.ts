/** A process of its own for `latency.ts`: starts the study, and has a page of Chromium watch it, if there is one. */
import { chromium } from 'playwright';
import { giveKeys, letIn } from '../hosts/browser/let-in.ts';
import { createClient } from './host-client.ts';
import { browserPath } from '../../scripts/setup/test-browser.mjs';

const [, , address = '', study = ''] = process.argv;
const keys = await letIn(address);
const client = createClient(keys);
await client.work.start({ study, goal: 'models' });

const executablePath = browserPath;
if (executablePath) {
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage();
  await giveKeys(page.context(), keys);
  await page.goto(`${keys.origin}/#/studies/${study}/models`);
  process.on('SIGTERM', () => void browser.close().finally(() => process.exit()));
} else process.on('SIGTERM', () => process.exit());
process.send?.(executablePath ? 'a page of Chromium watches' : 'no Chromium: nobody watches');
