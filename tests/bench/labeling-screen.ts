import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { ensurePage } from '../../scripts/setup/page.mjs';
import { browserPath } from '../../scripts/setup/test-browser.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Loads the researcher's board of a study in Chromium, from a host in a process of its own, and waits for its rows.
 * @param dataFolder nobody else has it open
 * @returns milliseconds from the load of the page to the first row, the second time; null where there is no Chromium
 */
export async function timeBoardScreen(dataFolder: string, study: string): Promise<number | null> {
  const executablePath = browserPath;
  if (!executablePath) return null;
  await ensurePage(root, process.execPath);
  const entry = join(root, 'main', 'hosts', 'browser', 'index.ts');
  const words = ['--disable-warning=ExperimentalWarning', entry, '--no-open', '--data', dataFolder];
  const host = spawn(process.execPath, words, {
    env: { ...process.env, BOUNDARY_ENGINE: 'wasm' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  try {
    const [printed] = await once(host.stdout, 'data');
    const address = /http:\/\/\S+/.exec(String(printed))?.[0] ?? '';
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(address);
    await page.goto(`${new URL(address).origin}/#/studies/${study}/labeling?part=sessions`);
    const rows = page.getByRole('row', { name: /Finished/ });
    await rows.first().waitFor();
    const started = performance.now();
    await page.reload();
    await rows.first().waitFor();
    return performance.now() - started;
  } finally {
    await browser.close();
    host.kill('SIGINT');
    await once(host, 'exit');
  }
}
