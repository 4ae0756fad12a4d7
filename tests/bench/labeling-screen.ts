import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { ensurePage } from '../../scripts/setup/page.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What loading a screen took, in milliseconds. */
export interface ScreenTime {
  /** From the load of the page to the first row. */
  ms: number;
  /** Processor time of the page's own thread in between. */
  cpuMs: number;
}

/**
 * Loads the researcher's board of a study in Chromium, from a host in a process of its own, and waits for its rows.
 * @param dataFolder nobody else has it open
 * @returns the second of two times; null where there is no Chromium
 */
export async function timeBoardScreen(dataFolder: string, study: string): Promise<ScreenTime | null> {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
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
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const cpu = async (): Promise<number> => {
      const { metrics } = await session.send('Performance.getMetrics');
      return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
    };
    await page.goto(address);
    await page.goto(`${new URL(address).origin}/#/studies/${study}/labeling?part=sessions`);
    const rows = page.getByRole('row', { name: /Finished/ });
    await rows.first().waitFor();
    const [cpuBefore, started] = [await cpu(), performance.now()];
    await page.reload();
    await rows.first().waitFor();
    const ms = performance.now() - started;
    return { ms, cpuMs: (await cpu()) - cpuBefore };
  } finally {
    await browser.close();
    host.kill('SIGINT');
    await once(host, 'exit');
  }
}
