import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { Database } from '../../main/storage/database.ts';
import { findStudy } from '../../main/services/workbench/find.ts';
import { openLab } from '../services/lab/lab-helper.ts';
import { atRest } from './at-rest.ts';
import { type Fact, contradictions } from './facts/facts.ts';
import { hasBrowser, openPage, screenshot, startHost, violations } from './harness.ts';
import { layoutFaults } from './layout.ts';
import { sample, sampleWithSessions, withSessions } from './pictures/sample-with-sessions.ts';
import { shownStates } from './shown-states.ts';

/** Every screen at every size in both themes takes many minutes; normally a few of them are looked at. */
const isWhole = process.env.BOUNDARY_NEWCOMER === '1';

/** Studies in which nothing was done yet: for people only, and with a generator to train. */
const people = 'people-only';
const ownGenerator = 'own-generator';

interface Folder {
  dataFolder: string;
  /** Ids of the sample's runs. */
  runs: number[];
  /** Token of a labeling session. */
  desk: string;
}

const files = { trainImages: 'a', trainLabels: 'b', testImages: 'c', testLabels: 'd' };
const tops = ['T-shirt or top with short sleeves', 'Trouser', 'Pullover', 'Dress', 'Coat'];
const others = ['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot with a zip at its side'];

/** A data set whose classes have long names. */
const clothes = { source: 'idx' as const, name: 'Clothes', classes: [...tops, ...others], ...files };

/**
 * A data folder with studies: finished, with sessions under way, and not begun; if asked with a training that failed and
 * long names of classes.
 */
async function folderWithStudies(fails: boolean): Promise<Folder> {
  const { dataFolder, grid } = await sampleWithSessions();
  const { lab, client } = openLab(dataFolder);
  const { storage, environment, now } = lab.workbench;
  const source = { kind: 'preset', preset: 'quick' } as const;
  await client.studies.create({ source, name: people, title: null, peopleOnly: true });
  await client.studies.create({ source: { kind: 'preset', preset: 'generator' }, name: ownGenerator, title: null });
  const id = storage.studies.byName(sample)?.id ?? 0;
  const models = storage.studyRuns.list(id).filter(({ role }) => role.startsWith('models/'));
  const runs = models.flatMap(({ runId }) => runId ?? []);
  if (fails) {
    const { spec } = findStudy(lab.workbench, withSessions);
    storage.studies.put(withSessions, { ...spec, dataSet: clothes }, now());
    const model = models.find(({ role }) => role === 'models/MLP1')?.runId ?? 0;
    const database = new Database(join(dataFolder, 'workbench.sqlite'));
    for (const table of ['snapshot', 'prediction']) database.run(`DELETE FROM ${table} WHERE run_id = ?`, model);
    database.close();
    storage.runs.redo(model, now());
    expect(storage.runs.claimNext(['tensorflow', 'wasm'], environment, now(), id)?.id).toBe(model);
    storage.runs.applyEvent(model, { type: 'failed', message: 'The loss is not a number', detail: 'at step 3' }, now());
  }
  await lab.close();
  return { dataFolder, runs, desk: grid.token };
}

interface Screen {
  route: string;
  /** What is opened on it, in a word or two, and how. */
  name?: string;
  open?: (page: Page) => Promise<void>;
}

const press = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('button', { name }).first().click();

const opened = (page: Page): Promise<void> => page.getByRole('dialog').first().waitFor();

const tab =
  (name: string) =>
  async (page: Page): Promise<void> => {
    await opened(page);
    await page.getByRole('tab', { name, exact: true }).click();
  };

function screensOf({ runs, desk }: Folder): Screen[] {
  const at = (study: string, rest = ''): string => `/studies/${encodeURIComponent(study)}${rest}`;
  const plain = (study: string, paths: readonly string[]): Screen[] =>
    paths.map((rest) => ({ route: at(study, rest) }));
  const run = at(sample, `/models?run=${runs[0]}`);
  const stimuli = ['anchors', 'pairs', 'preview', 'freeze'].map((part) => `/stimuli?part=${part}`);
  const labeling = ['plan', 'sessions', 'after'].map((part) => `/labeling?part=${part}`);
  const maps = ['/stimuli', '/stimuli?map=labels'];
  const results = [
    '',
    '/softmax',
    '/certainty',
    ...maps,
    '/along',
    '/agreement',
    '/compare',
    '/effects',
    '/draws',
    '?image=28',
  ].map((part) => `/results${part}`);
  const compared = `/models/compare?runs=${runs.slice(0, 3).join(',')}`;
  return [
    { route: '/studies' },
    ...plain(sample, ['', '/stimuli?part=anchors', '/models', '/results']),
    { route: at(sample), name: 'jobs', open: (page) => press(page, /^Jobs/).then(() => opened(page)) },
    {
      route: '/studies',
      name: 'new study',
      open: async (page) => {
        await press(page, 'Create study');
        await page.getByRole('radio').nth(1).waitFor();
      },
    },
    { route: '/studies', name: 'menu', open: (page) => press(page, /^Actions for/) },
    { route: at(sample), name: 'question', open: (page) => press(page, 'Edit question') },
    {
      route: at(sample),
      name: 'palette',
      open: async (page) => {
        await page.keyboard.press('Control+k');
        await page.getByRole('textbox', { name: 'Screen, study, run or command' }).fill('MLP');
        await page.locator('[data-action]').filter({ hasText: 'MLP1' }).first().waitFor();
      },
    },
    { route: at(sample), name: 'shortcuts', open: (page) => page.keyboard.press('?').then(() => opened(page)) },
    ...plain(sample, ['/generator', ...stimuli.slice(1), '/stimuli?part=preview&image=5', '/models?add=models']),
    { route: run, open: opened },
    ...['Curves', 'Test images', 'Provenance', 'Log'].map((name) => ({ route: run, name, open: tab(name) })),
    ...plain(sample, [compared, '/models/matrix', ...labeling.slice(2), ...results.slice(1)]),
    ...plain(sample, ['/results?images=1-20&of=Type A', '/report']),
    ...plain(withSessions, ['', ...stimuli.slice(0, 2), ...labeling]),
    ...plain(withSessions, ['/results', '/results/along', '/results/agreement', '/results?image=28']),
    ...plain(people, ['', '/generator', '/stimuli', '/models', '/labeling', '/results', '/report']),
    ...plain(ownGenerator, ['', '/generator', '/models']),
    { route: '/machine' },
    { route: '/tutorial' },
    ...[[], ['I agree'], ['I agree', 'Start']].map((steps) => ({
      route: `/desk/${desk}`,
      name: steps.at(-1) ?? '',
      open: async (page: Page) => {
        // The first press is kept: the next page begins with the instructions.
        await page.getByRole('button', { name: /I agree|Start/ }).waitFor();
        for (const step of steps) {
          if (step === 'I agree' && (await page.getByRole('button', { name: step }).count()) === 0) continue;
          await press(page, step);
        }
        if (steps.includes('Start')) await page.locator('.desk-choices').first().waitFor();
      },
    })),
  ];
}

/** Number of screens from the first on: the list of studies, what most screens look like, and the jobs. */
const few = 6;

const sizes = {
  laptop: { width: 1280, height: 800 },
  desktop: { width: 1920, height: 1080 },
  small: { width: 1024, height: 700 },
  'at 200 %': { width: 640, height: 400, pixelRatio: 2 },
};

/** What axe says of every open menu of Mantine: of the place that has the focus first, and that it lies in no landmark. */
const ofMenus = /^aria-required-children.*-dropdown\)$|^region: .*menuitem/;

/** Starts a study while all training is paused, so that it waits for as long as the walk takes. */
async function queuePaused(page: Page, origin: string): Promise<void> {
  await press(page, /^Jobs/);
  await press(page, 'Pause all');
  await page.getByRole('button', { name: 'Resume all' }).waitFor();
  // A new page: on a wide screen the list of jobs would cover the button.
  await page.goto('about:blank');
  await page.goto(`${origin}/#/studies/${ownGenerator}`);
  await press(page, 'Run the study');
  await page.getByRole('button', { name: 'Stop study' }).waitFor();
}

const cases = Object.keys(sizes).flatMap((size) =>
  [false, true].flatMap((fails) => (['light', 'dark'] as const).map((colorScheme) => ({ size, fails, colorScheme }))),
) as { size: keyof typeof sizes; fails: boolean; colorScheme: 'light' | 'dark' }[];

test
  .skipIf(!hasBrowser)
  .for(
    cases.filter(
      ({ size, fails, colorScheme }) => isWhole || (size === 'at 200 %' && colorScheme === 'light' && fails),
    ),
  )(
  'a newcomer sees no cut text, no overlap and no contradiction: $size, $colorScheme, a failed training: $fails',
  { timeout: isWhole ? 1_200_000 : 120_000 },
  async ({ size, fails, colorScheme }) => {
    const folder = await folderWithStudies(fails);
    const host = await startHost({ dataFolder: folder.dataFolder });
    const page = await openPage(host, { ...sizes[size], colorScheme });
    if (fails) await queuePaused(page, new URL(host.address).origin);
    const faults: string[] = [];
    const said: Fact[] = [];
    const screens = screensOf(folder);
    for (const { route, name = '', open } of isWhole ? screens : screens.slice(0, few)) {
      const where = `${route} ${name}`.trim();
      // A new page each, as dialogs and popovers would stay.
      await page.goto('about:blank');
      await page.goto(`${new URL(host.address).origin}/#${route}`);
      try {
        await atRest(page);
        if (open) {
          await open(page);
          await atRest(page);
        }
      } catch (error) {
        faults.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
        continue;
      }
      const found = await layoutFaults(page);
      if ((await page.getByRole('heading', { name: 'Page not found' }).count()) > 0) found.push('no such page');
      if (isWhole) {
        found.push(...(await violations(page)).filter((each) => !ofMenus.test(each)));
        const label = ['newcomer', fails ? 'failing' : 'finished', size, colorScheme, route, name].join(' ');
        await screenshot(page, label.replace(folder.desk, '').replaceAll(/[^\w]+/g, '-'));
      }
      said.push(...(await shownStates(page)).map(({ thing, says }) => ({ what: thing, text: says, where })));
      faults.push(...found.map((fault) => `${where}: ${fault}`));
    }
    expect(new Set(said.map(({ what }) => what)).size).toBeGreaterThan(isWhole ? 40 : 20);
    expect([...faults, ...contradictions(said)]).toEqual([]);
  },
);
