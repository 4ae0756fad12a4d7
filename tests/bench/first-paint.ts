/**
 * Screens that wait for work of seconds, in Chromium: how soon they show what they are, how soon their first content, and
 * how soon all of it. Each opening has a host of its own, a process that has not done the work before, on a copy of a data
 * folder.
 *
 *   npm run bench -- first-paint [--repeats 5] [--data FOLDER --study NAME] [--only SCREEN] [--host FILE] [--json FILE]
 *
 * Without `--data`: a study that is trained first, which takes some minutes. `--host`: `window/host.ts` of another version
 * of the product, to compare with.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright';
import { stimuliState } from '../../main/services/stimuli/state.ts';
import { findStudy } from '../../main/services/workbench/find.ts';
import { openWorkbench } from '../../main/services/workbench/workbench.ts';
import { ensurePage } from '../../scripts/setup/page.mjs';
import { giveKeys, letIn } from '../hosts/browser/let-in.ts';
import { firstPaintStudy, makeFirstPaintStudy } from './window/first-paint-study.ts';
import { countDrawing, type Milestones, milestoneTimes, type Milestone } from './window/in-page.ts';
import { openChromium } from './window/fresh-page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '5' },
    data: { type: 'string' },
    study: { type: 'string', default: firstPaintStudy },
    host: { type: 'string', default: fileURLToPath(new URL('window/host.ts', import.meta.url)) },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});

interface OpenScreen {
  screen: string;
  /** The route from which it is opened, and how. */
  from: string;
  open: Pick<Milestones, 'hash' | 'click'>;
  /** The frame with the screen's parts in place, with the first of its content, and with all of it. */
  first: Milestone;
  content: Milestone;
  complete: Milestone;
}

/** Parts that wait for their content. */
const loading = 'main .mantine-Skeleton-root, [role=dialog] .mantine-Skeleton-root';

/** @param runs trained classifiers by architecture, of which each opening takes the next @param images of all pairs */
function screens(
  runs: ReadonlyMap<string, readonly { runId: number }[]>,
  opening: number,
  images: number,
): OpenScreen[] {
  const study = `#/studies/${encodeURIComponent(values.study)}`;
  const engines = '.card:has(.machine-builds)';
  const tests = [...runs].map(
    ([architecture, models]): OpenScreen => ({
      screen: `test images, ${architecture}`,
      from: `${study}/models?run=${models[opening % models.length]?.runId}`,
      open: { click: '[role=dialog] [role=tab]:nth-of-type(3)' },
      first: { selector: '.run-drawer h3' },
      content: { selector: '.confusion td[title]' },
      complete: { selector: '.run-drawer .picture-list li', absent: loading },
    }),
  );
  return [
    {
      screen: 'machine',
      from: '#/nowhere',
      open: { hash: '#/machine' },
      first: { selector: `${engines} h2` },
      content: { selector: `${engines} tbody tr` },
      complete: { selector: '.machine-bar', absent: loading },
    },
    ...tests,
    {
      screen: 'preview',
      from: `${study}/stimuli?part=pairs`,
      open: { click: '[role=tab]:nth-of-type(3)' },
      first: { selector: '.stimuli-grid .stimulus-grid' },
      content: { selector: '.stimuli-grid canvas', images: 1 },
      complete: { selector: '.stimuli-grid canvas', images, labels: images },
    },
  ];
}

interface Opening {
  /** Milliseconds from opening it. */
  first: number;
  content: number;
  complete: number;
  /** Cumulative layout shift: 0 if nothing moved that was drawn already. */
  shift: number;
}

/** Opens one screen on a host that has not opened it before. */
async function measure(browser: Browser, dataFolder: string, { from, open, ...until }: Omit<OpenScreen, 'screen'>) {
  const copy = mkdtempSync(join(tmpdir(), 'first-paint-'));
  cpSync(dataFolder, join(copy, 'data'), { recursive: true });
  const host = fork(values.host, [join(copy, 'data')]);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const [{ address }] = (await once(host, 'message')) as [{ address: string }];
    const keys = await letIn(address);
    await giveKeys(context, keys);
    await context.addInitScript(countDrawing);
    const page = await context.newPage();
    await page.goto(`${keys.origin}/${from}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    // Loads the screen's code, and settles.
    await page.waitForTimeout(4000);
    return await page.evaluate(milestoneTimes, { ...open, ...until });
  } finally {
    await context.close();
    host.send('end');
    await once(host, 'exit');
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Trained classifiers of each architecture, and the number of images of all pairs. */
async function contents(dataFolder: string) {
  const workbench = openWorkbench({ root, resources: join(root, 'resources'), dataFolder });
  try {
    const study = findStudy(workbench, values.study);
    const models = workbench.storage.models.ofStudy(study.id);
    const state = stimuliState(workbench, study);
    const images = state.pairs.length * (state.draft?.alphas ?? 0);
    return { runs: Map.groupBy(models, ({ architecture }) => architecture), images };
  } finally {
    workbench.storage.close();
  }
}

await ensurePage(root, process.execPath);
const folder = mkdtempSync(join(tmpdir(), 'first-paint-'));
const dataFolder = values.data ?? join(folder, 'data');
if (values.data === undefined) await makeFirstPaintStudy(dataFolder);
const copy = join(folder, 'copy');
cpSync(dataFolder, copy, { recursive: true });
const { runs, images } = await contents(copy);
const browser = await openChromium();
try {
  const result = new Map<string, Opening[]>();
  for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
    for (const { screen, ...how } of screens(runs, repeat, images)) {
      if (values.only !== undefined && !screen.startsWith(values.only)) continue;
      const opening = await measure(browser, dataFolder, how);
      process.stderr.write(`${screen} ${JSON.stringify(opening)}\n`);
      result.set(screen, [...(result.get(screen) ?? []), opening]);
    }
  }
  const found = { screens: [...result].map(([screen, openings]) => ({ screen, openings })) };
  console.log(JSON.stringify(found));
  if (values.json) writeFileSync(values.json, JSON.stringify(found));
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
