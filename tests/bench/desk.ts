/**
 * From a key press in a labeling session to the frame that shows the next image in focus, the answer being on disk,
 * while two workers train: the real host in a process of its own, the page in Chromium.
 *
 *   npm run bench -- desk [--json FILE]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import type { Page } from 'playwright';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { ForkLauncher } from '../../main/processes/launcher.ts';
import { Lab } from '../../main/services/lab/lab.ts';
import { ensurePage } from '../../scripts/setup/page.mjs';
import { trainingStudy } from './training-study.ts';
import { letIn } from '../hosts/browser/let-in.ts';
import { createClient } from './host-client.ts';
import { addNoiseStimuli, makeSession } from './labeled-study.ts';

/** Key presses that are timed for each number of stimuli. */
const presses = 150;
/** Images of each of three pairs: 165 in total as in the paper, and 5,001. */
const sizes = [55, 1667];
/** Milliseconds that the workers have to begin to train. */
const startUp = 15_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { json: { type: 'string' } } });
const executablePath = findBrowser();

function findBrowser(): string {
  const found = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
  if (found) return found;
  throw new Error('There is no Chromium to measure with.');
}

/** Milliseconds from each key to the frame after which the next image is in focus. */
async function timePresses(page: Page): Promise<number[]> {
  return page.evaluate(async (count) => {
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const focus = (): string | null =>
      document.querySelector('.desk-cell[aria-current="true"] canvas')?.getAttribute('aria-label') ?? null;
    const times: number[] = [];
    for (let press = 0; press < count; press++) {
      const before = focus()?.replace(/,.*/, '');
      const began = performance.now();
      window.dispatchEvent(new KeyboardEvent('keydown', { key: String((press % 3) + 1), code: '', bubbles: true }));
      while (focus()?.replace(/,.*/, '') === before) await frame();
      // The frame that shows it is the one that ends before the next callback.
      await frame();
      times.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    return times;
  }, presses);
}

async function measure(
  alphas: number,
  dataFolder: string,
): Promise<{ stimuli: number; times: number[]; training: number }> {
  const bench = openWorkbench({ root, resources: join(root, 'resources'), dataFolder });
  bench.storage.studies.put(trainingStudy.name, trainingStudy, Date.now());
  const stimuli = addNoiseStimuli(bench.storage, alphas);
  const lab = new Lab({ workbench: bench, launcher: new ForkLauncher(), host: 'test' });
  const token = await makeSession(lab);
  await lab.close();
  const entry = join(root, 'main', 'hosts', 'browser', 'index.ts');
  const words = ['--disable-warning=ExperimentalWarning', entry, '--no-open', '--data', dataFolder];
  const host = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  try {
    const [printed] = await once(host.stdout, 'data');
    const address = /http:\/\/\S+/.exec(String(printed))?.[0] ?? '';
    const page = await (await browser.newContext()).newPage();
    await page.goto(address);
    // Each address lets one browser in; Enter prints another.
    host.stdin.write('\n');
    const [another] = await once(host.stdout, 'data');
    const client = createClient(await letIn(/http:\/\/\S+/.exec(String(another))?.[0] ?? ''));
    await client.work.start({ study: trainingStudy.name, goal: 'models' });
    await wait(startUp);
    await page.goto(`${new URL(address).origin}/#/desk/${token}`);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.locator('.desk-cell[aria-current="true"]').waitFor();
    const times = await timePresses(page);
    return { stimuli, times, training: running(dataFolder) };
  } finally {
    await browser.close();
    host.kill('SIGINT');
    await once(host, 'exit');
  }
}

/** How many runs are at work, as another process sees it. */
function running(dataFolder: string): number {
  const { storage } = openWorkbench({ root, resources: join(root, 'resources'), dataFolder, readOnly: true });
  try {
    return storage.runs.counts().running;
  } finally {
    storage.close();
  }
}

await ensurePage(root, process.execPath);
const folder = mkdtempSync(join(tmpdir(), 'desk-'));
try {
  const results: Awaited<ReturnType<typeof measure>>[] = [];
  for (const [index, alphas] of sizes.entries()) results.push(await measure(alphas, join(folder, String(index))));
  if (results.some(({ training }) => training < 2))
    throw new Error('The two workers did not train: nothing was measured.');
  console.log(JSON.stringify(results));
  if (values.json) writeFileSync(values.json, JSON.stringify({ results }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// The calls' sockets would be opened again for ever.
process.exit();
