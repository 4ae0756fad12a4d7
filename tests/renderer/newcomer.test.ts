import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { importArchive } from '../../main/services/archive/import-archive.ts';
import { repository } from '../architecture/tools.ts';
import { openLab } from '../services/lab/lab-helper.ts';
import { hasBrowser, launchBrowser, openPage, screenshot, startHost, violations } from './harness.ts';
import { layoutFaults } from './layout.ts';

/** Every screen at every size in both themes takes minutes; normally a few of them are looked at. */
const isWhole = process.env.BOUNDARY_NEWCOMER === '1';

/** The sample study as it comes, and a copy of which a training failed. */
async function finishedAndFailing(): Promise<{ dataFolder: string; finished: string; failing: string }> {
  const { lab, dataFolder } = openLab();
  const zip = join(repository, 'resources', 'samples', 'sample-study.zip');
  for (let copies = 0; copies < 2; copies++) await importArchive(lab.workbench, zip);
  const { storage, environment, now } = lab.workbench;
  const failing = storage.studies.byName('sample 2')?.id ?? 0;
  const model = storage.studyRuns.list(failing).find(({ role }) => role === 'models/MLP1')?.runId ?? 0;
  storage.runs.redo(model, now());
  const claimed = storage.runs.claimNext(['tensorflow', 'wasm'], environment, now(), failing);
  expect(claimed?.id).toBe(model);
  storage.runs.applyEvent(model, { type: 'failed', message: 'The loss is not a number', detail: 'at step 3' }, now());
  await lab.close();
  return { dataFolder, finished: 'sample', failing: 'sample 2' };
}

const all = (study: string): string[] => {
  const of = `/studies/${encodeURIComponent(study)}`;
  const stimuli = ['anchors', 'pairs', 'preview', 'freeze'].map((part) => `${of}/stimuli?part=${part}`);
  const labeling = ['plan', 'sessions', 'after'].map((part) => `${of}/labeling?part=${part}`);
  const results = ['', '/softmax', '/certainty', '/stimuli', '/stimuli?map=labels', '/along', '/agreement', '/compare'];
  return [
    ...[
      of,
      `${of}/generator`,
      ...stimuli,
      `${of}/models`,
      `${of}/models?add=models`,
      `${of}/models/seeds`,
      ...labeling,
    ],
    ...[...results, '/draws', '?image=28'].map((part) => `${of}/results${part}`),
    `${of}/report`,
  ];
};

const sizes = {
  laptop: { width: 1280, height: 800 },
  desktop: { width: 1920, height: 1080 },
  small: { width: 1024, height: 700 },
  'at 200 %': { width: 640, height: 400, pixelRatio: 2 },
};

/** The screen has what it loads, and nothing on it moves. */
async function atRest(page: Page): Promise<void> {
  await page.locator('#content h1').first().waitFor();
  await expect.poll(() => page.locator('#content [aria-busy="true"]').count()).toBe(0);
  let before = '';
  await expect
    .poll(async () => {
      const now = await page.evaluate(() => {
        const { scrollWidth, scrollHeight, textContent } = document.documentElement;
        return [scrollWidth, scrollHeight, textContent?.length].join(' ');
      });
      const same = now === before;
      before = now;
      return same;
    })
    .toBe(true);
}

/** What two screens say of one study: its state, and how many models are trained. */
async function contradictions(page: Page, go: (route: string) => Promise<void>, study: string): Promise<string[]> {
  await go('/studies');
  const card = page.getByRole('listitem').filter({ has: page.getByText(study, { exact: true }) });
  const listed = { state: await card.locator('.study-state').textContent(), text: await card.textContent() };
  await go(`/studies/${encodeURIComponent(study)}`);
  const state = await page.locator('.overview-head .study-state').textContent();
  const models = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Models', exact: true }) });
  const trained = /\d+ of \d+/.exec((await models.textContent()) ?? '')?.[0] ?? 'none';
  return [
    ...(state === listed.state ? [] : [`${study} is "${listed.state}" on Studies and "${state}" on Overview`]),
    ...(listed.text?.includes(trained) ? [] : [`${study}: ${trained} models on Overview, not so on Studies`]),
  ];
}

test.skipIf(!hasBrowser)(
  'a newcomer sees no cut text, no overlap and no contradiction, whatever the window and the theme',
  { timeout: isWhole ? 3_600_000 : 120_000 },
  async () => {
    const { dataFolder, finished, failing } = await finishedAndFailing();
    const host = await startHost({ dataFolder });
    const browser = await launchBrowser();
    const faults: string[] = [];
    const short = all(finished).filter((route) => /sample$|part=anchors|results$/.test(route));
    const routes = isWhole ? ['/studies', ...all(finished), ...all(failing), '/machine'] : ['/studies', ...short];
    for (const [size, window] of Object.entries(sizes).filter(([name]) => isWhole || name === 'at 200 %')) {
      for (const colorScheme of isWhole ? (['light', 'dark'] as const) : (['light'] as const)) {
        const page = await openPage(host, { ...window, colorScheme, browser });
        const go = async (route: string): Promise<void> => {
          await page.goto(`${new URL(host.address).origin}/#${route}`);
          await atRest(page);
        };
        for (const route of routes) {
          await go(route);
          const found = await layoutFaults(page);
          if (isWhole) {
            found.push(...(await violations(page)));
            await screenshot(page, `newcomer ${size} ${colorScheme} ${route}`.replaceAll(/[^\w]+/g, '-'));
          }
          faults.push(...found.map((fault) => `${size}, ${colorScheme}, ${route}: ${fault}`));
        }
        for (const study of [finished, failing]) faults.push(...(await contradictions(page, go, study)));
        await page.close();
      }
    }
    expect(faults).toEqual([]);
  },
);
