import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright';
import { expect, onTestFinished } from 'vitest';
import type { BoardRow } from '../../../../main/contributions/desk/contract/board.ts';
import type { LabelingPlan } from '../../../../main/contributions/sessions/contract/plan.ts';
import type { TestLab } from '../../../services/lab/lab-helper.ts';
import { makeSessions } from '../../desk/make-sessions.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { focused } from '../../desk/page/sessions.ts';
import { browserArguments, executablePath, patience, openPage, startHost } from '../../../renderer/harness.ts';
import { button, prepare, route } from '../../desk/screen/prepare.ts';

const aScreen = { width: 1280, height: 800, pixelRatio: 1 };

interface Before {
  /** The study's stimuli: three pairs of so many images. */
  alphas?: number;
  /** Done with the sessions before the page opens. */
  before?: (lab: TestLab, sessions: readonly BoardRow[]) => Promise<void>;
}

/** The screen of a study with kit sessions, and a kit saved from it. */
export async function savedKit(
  people: number,
  change: Partial<LabelingPlan> = {},
  { alphas, before = async () => {} }: Before = {},
) {
  const make = async (it: TestLab): Promise<void> => before(it, await makeSessions(it, people, change, 'kit'));
  const dataFolder = await prepare(make, alphas);
  const host = await startHost({ dataFolder });
  const page = await openPage(host, { route: `${route}?part=sessions` });
  return { page, address: pathToFileURL(await saveKit(page, people)).href };
}

/** Path of a kit that the researcher saves: of the one person, or of all. */
export async function saveKit(page: Page, people: number): Promise<string> {
  const download = page.waitForEvent('download');
  await button(page, people === 1 ? /^Save the kit of/ : `Save one kit for all ${people}`).click();
  const file = join(temporaryFolder(), 'kit.html');
  await (await download).saveAs(file);
  return file;
}

/** Has the researcher's page look into a result file. */
export async function readIn(page: Page, result: string): Promise<void> {
  await page.getByLabel('Result file of a kit').setInputFiles(result);
  await page.getByRole('dialog').getByText('New events').waitFor();
}

/** A browser whose profile lies on disk, as on another computer; the network is off. */
export async function otherComputer(
  profile: string,
  { width, height, pixelRatio }: { width: number; height: number; pixelRatio: number } = aScreen,
): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executablePath ?? '',
    args: browserArguments,
    acceptDownloads: true,
    viewport: { width, height },
    deviceScaleFactor: pixelRatio,
  });
  onTestFinished(() => context.close().catch(() => undefined));
  context.setDefaultTimeout(patience);
  await context.setOffline(true);
  return context;
}

export async function openKit(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

export async function labelOn(page: Page, trials: number, key: (trial: number) => string): Promise<void> {
  for (let trial = await focused(page); trial < trials; trial++) {
    await expect.poll(() => focused(page)).toBe(trial);
    await page.keyboard.press(key(trial));
  }
}

export async function saveResult(page: Page, name: string): Promise<string> {
  const download = page.waitForEvent('download');
  await button(page, 'Save the result file').click();
  const path = join(temporaryFolder(), name);
  await (await download).saveAs(path);
  return path;
}
