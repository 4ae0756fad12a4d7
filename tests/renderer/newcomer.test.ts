import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { importArchive } from '../../main/services/archive/import-archive.ts';
import { repository } from '../architecture/tools.ts';
import { openLab } from '../services/lab/lab-helper.ts';
import { hasBrowser, type HostProcess, launchBrowser, openPage, screenshot, startHost, violations } from './harness.ts';
import { layoutFaults } from './layout.ts';

/** Every screen at every size in both themes takes minutes; normally a few of them are looked at. */
const isWhole = process.env.BOUNDARY_NEWCOMER === '1';

const study = 'sample';

/** A data folder with the sample study, as it comes or with a training that failed. */
async function sampleFolder(fails: boolean): Promise<string> {
  const { lab, dataFolder } = openLab();
  await importArchive(lab.workbench, join(repository, 'resources', 'samples', 'sample-study.zip'));
  const { storage, environment, now } = lab.workbench;
  if (fails) {
    const id = storage.studies.byName(study)?.id ?? 0;
    const model = storage.studyRuns.list(id).find(({ role }) => role === 'models/MLP1')?.runId ?? 0;
    storage.runs.redo(model, now());
    expect(storage.runs.claimNext(['tensorflow', 'wasm'], environment, now(), id)?.id).toBe(model);
    storage.runs.applyEvent(model, { type: 'failed', message: 'The loss is not a number', detail: 'at step 3' }, now());
  }
  await lab.close();
  return dataFolder;
}

const of = `/studies/${study}`;

const all = (): string[] => {
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

/** What two screens say of the study: its state, and how many models are trained. */
async function contradictions(page: Page, go: (route: string) => Promise<void>): Promise<string[]> {
  await go('/studies');
  const card = page.getByRole('listitem').filter({ has: page.getByText(study, { exact: true }) });
  const listed = { state: await card.locator('.study-state').textContent(), text: (await card.textContent()) ?? '' };
  await go(of);
  const state = await page.locator('.overview-head .study-state').textContent();
  const models = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Models', exact: true }) });
  const trained = /\d+ of \d+/.exec((await models.textContent()) ?? '')?.[0] ?? 'none';
  return [
    ...(state === listed.state ? [] : [`"${listed.state}" on Studies, "${state}" on Overview`]),
    ...(listed.text.includes(trained) ? [] : [`${trained} models on Overview, not so on Studies`]),
  ];
}

/** Looks at all screens of one host; returns what is wrong with them. */
async function lookAt(host: HostProcess, fails: boolean): Promise<string[]> {
  const browser = await launchBrowser();
  const faults: string[] = [];
  const few = all().filter((route) => /sample$|part=anchors|results$/.test(route));
  const routes = ['/studies', ...(isWhole ? [...all(), '/machine'] : few)];
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
          const name = `newcomer ${fails ? 'failing' : 'finished'} ${size} ${colorScheme} ${route}`;
          await screenshot(page, name.replaceAll(/[^\w]+/g, '-'));
        }
        faults.push(...found.map((fault) => `${size}, ${colorScheme}, ${route}: ${fault}`));
      }
      faults.push(...(await contradictions(page, go)));
      await page.close();
    }
  }
  return faults;
}

test.skipIf(!hasBrowser).for(isWhole ? [false, true] : [false])(
  'a newcomer sees no cut text, no overlap and no contradiction, whatever the window and the theme (a failed training: %s)',
  { timeout: isWhole ? 3_600_000 : 120_000 },
  async (fails) => {
    const host = await startHost({ dataFolder: await sampleFolder(fails) });
    expect(await lookAt(host, fails)).toEqual([]);
  },
);
