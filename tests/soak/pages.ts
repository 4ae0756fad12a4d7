import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { kitResultFileSchema, kitResultPayloadSchema } from '../../main/contributions/offline/kit-format.ts';
import type { RandomStream } from '../../main/domain/random/random.ts';
import { buildPage } from '../renderer/build-page.ts';
import { shownAnswers, stored } from '../contributions/desk/page/sessions.ts';
import { browserArguments, executablePath } from '../renderer/harness.ts';
import { makeSessions } from '../contributions/desk/make-sessions.ts';
import type { Attack, Step } from './campaign.ts';
import { Host } from './host.ts';
import { copyData, openLab, type Session, verify } from './world.ts';

const names = ['Zero', 'One', 'Two'];
/** Images on a page of the grid. */
const perPage = 20;
const change = { consent: null, mode: 'grid' as const, practice: 0, attention: 0, grid: { columns: 5, rows: 4 } };

async function addSession(dataFolder: string, medium: 'screen' | 'kit'): Promise<Session> {
  const { lab, client } = openLab(dataFolder);
  const [session] = await makeSessions({ client }, 1, { ...change, repeats: 0 }, medium);
  await lab.close();
  if (!session) throw new Error('no session was made');
  return session;
}

async function launch(step: Step): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: executablePath ?? '', args: browserArguments });
  step.atEnd(() => browser.close());
  return browser;
}

/** Presses keys until the page, the browser or the host is gone; notes what the page shows as accepted. */
async function press(
  page: Page,
  random: RandomStream,
  seen: Map<number, string>,
  isOver: () => boolean,
): Promise<void> {
  try {
    for (;;) {
      await page.keyboard.press(String(random.int(3) + 1));
      for (const [trial, name] of await shownAnswers(page)) seen.set(trial, name);
      if (isOver()) return;
    }
  } catch (error) {
    if (!/closed|crashed|disconnected/i.test(String(error))) throw error;
  }
}

const begin = async (page: Page): Promise<void> => page.getByRole('button', { name: /^(Start|Continue)$/ }).click();

/** Through the CDP of Chromium, which nothing in the page can catch. */
async function crash(page: Page, what: 'Browser.crash' | 'Page.crash'): Promise<void> {
  const session = await page.context().newCDPSession(page);
  session.send(what as 'Browser.crash').catch(() => undefined);
  await wait(150);
}

/** Host, tab or browser die while somebody labels in Chromium: what was shown as accepted is stored. */
async function desk(step: Step): Promise<void> {
  const { random, tally } = step;
  const dataFolder = copyData(step, step.template.data);
  const session = await addSession(dataFolder, 'screen');
  const seen = new Map<number, string>();
  for (let round = 3; round > 0; round--) {
    const browser = await launch(step);
    const host = new Host(step, { dataFolder, during: 'labeling in Chromium' });
    const page = await browser.newPage();
    await page.goto(await host.address);
    await page.goto(`${new URL(await host.address).origin}/#/desk/${session.token}`);
    await begin(page);
    host.markStarted();
    let isOver = false;
    const before = seen.size;
    const labeling = press(page, random, seen, () => isOver);
    await wait(100 + random.int(900));
    for (let tries = 0; seen.size < before + 3 && tries < 5000; tries++) await wait(1);
    const victim = (['host', 'Browser.crash', 'Page.crash'] as const)[random.int(3)] ?? 'host';
    if (victim === 'host') await host.kill();
    else await crash(page, victim);
    await wait(150);
    isOver = true;
    await Promise.race([labeling, wait(2000)]);
    tally.count('crashes');
    tally.count({ host: 'host, labeling in Chromium', 'Browser.crash': 'browser', 'Page.crash': 'tab' }[victim]);
    tally.faults.push(...host.defects);
    await browser.close().catch(() => undefined);
    await host.kill();
    const { answers } = stored({ ...session, dataFolder });
    expectStored(step, seen, answers);
  }
  tally.count('answers', seen.size);
  verify(dataFolder, [], tally);
}

/** What was seen is stored in its place; of the rest, what a key gave since the last two looks, and the last one of a page. */
function expectStored({ tally }: Step, seen: Map<number, string>, answers: readonly (number | null)[]): void {
  for (const [trial, name] of seen) {
    const kept = names[answers[trial] ?? -1];
    if (kept !== name) tally.lost.push(`image ${trial + 1} was shown as ${name}, stored is ${kept}`);
  }
  const unseen = answers.flatMap((answer, trial) => (answer === null || seen.has(trial) ? [] : [trial]));
  if (unseen.filter((trial) => (trial + 1) % perPage !== 0).length > 2)
    tally.faults.push(`answers are stored that the page never showed: images ${unseen.join(', ')}`);
  for (const trial of unseen) seen.set(trial, names[answers[trial] ?? -1] ?? '');
}

let kitFile: Promise<string> | undefined;

/** A kit as the researcher saves it, for one person. */
async function saveKit(step: Step): Promise<string> {
  const dataFolder = copyData(step, step.template.data, 'kit-data');
  await addSession(dataFolder, 'kit');
  const host = new Host(step, { dataFolder, during: null });
  const browser = await launch(step);
  const page = await browser.newPage();
  await page.goto(await host.address);
  await page.goto(`${new URL(await host.address).origin}/#/studies/small/labeling?part=sessions`);
  const download = page.waitForEvent('download');
  await page
    .getByRole('button', { name: /^Save the kit of/ })
    .last()
    .click();
  const path = join(step.template.cache, 'kit.html');
  await (await download).saveAs(path);
  await browser.close();
  await host.stop();
  return path;
}

/** The browser with a kit dies: what the kit showed as accepted is in its result file. */
async function kit(step: Step): Promise<void> {
  const { random, tally } = step;
  kitFile ??= saveKit(step);
  const address = pathToFileURL(await kitFile).href;
  const profile = join(step.folder, 'profile');
  const seen = new Map<number, string>();
  for (let round = 3; round > 0; round--) {
    const page = await openKit(step, profile, address);
    await begin(page);
    const before = seen.size;
    const labeling = press(page, random, seen, () => false);
    await wait(100 + random.int(900));
    for (let tries = 0; seen.size < before + 3 && tries < 5000; tries++) await wait(1);
    await crash(page, random.int(2) === 0 ? 'Browser.crash' : 'Page.crash');
    await Promise.race([labeling, wait(2000)]);
    await page
      .context()
      .close()
      .catch(() => undefined);
    tally.count('crashes');
    tally.count('browser or tab with a kit');
  }
  const page = await openKit(step, profile, address);
  const answers = await resultOf(step, page);
  for (const [trial, name] of seen) {
    const kept = names[answers[trial] ?? -1];
    if (kept !== name) tally.lost.push(`kit: image ${trial + 1} was shown as ${name}, its result file has ${kept}`);
  }
  tally.count('answers', seen.size);
}

async function openKit(step: Step, profile: string, address: string): Promise<Page> {
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: executablePath ?? '',
    args: browserArguments,
    acceptDownloads: true,
  });
  step.atEnd(() => context.close().catch(() => undefined));
  await context.setOffline(true);
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole('heading', { name: /What to do|Welcome back/ }).waitFor();
  return page;
}

/** Current answers by trial, as the result file has them. */
async function resultOf(step: Step, page: Page): Promise<Record<number, number | null>> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the result file' }).click();
  const path = join(step.folder, 'result.json');
  await (await download).saveAs(path);
  const file = kitResultFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const { sittings } = kitResultPayloadSchema.parse(JSON.parse(file.payload));
  const inTime = sittings.toSorted((a, b) => Date.parse(a.openedAt) - Date.parse(b.openedAt));
  return Object.fromEntries(inTime.flatMap(({ events }) => events.map(({ trial, choice }) => [trial, choice])));
}

export const pages: Attack = {
  name: 'pages',
  unit: 'crashes',
  weight: 1.5,
  isLong: true,
  obstacle: () => (executablePath === undefined ? 'needs Chromium' : null),
  async step(step) {
    await buildPage();
    return step.index % 3 === 2 ? kit(step) : desk(step);
  },
};
