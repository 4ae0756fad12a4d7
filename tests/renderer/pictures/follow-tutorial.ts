/**
 * Follows docs/tutorial.md on a fresh data folder, in Chromium, as it says: every phrase in bold is something on the screen
 * that is clicked or read here. Takes the tutorial's pictures, and says how long each part took.
 *
 *   BOUNDARY_SCREENSHOTS=docs/tutorial node tests/renderer/pictures/follow-tutorial.ts
 *
 * The engine is the fastest one of this machine, unless BOUNDARY_ENGINE names another.
 */
import { isPlaced } from '../../../main/domain/stimuli/stimulus-set.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Locator, type Page } from 'playwright';
import sharp from 'sharp';
import { openStorage } from '../../../main/storage/open.ts';
import { buildKernels, kernelsAreBuilt } from '../../../scripts/setup/kernels.mjs';
import { ensurePage } from '../../../scripts/setup/page.mjs';
import { repository } from '../../architecture/tools.ts';
import { removal } from '../../temporary-folder.ts';
import { sessionTables } from '../../../main/contributions/sessions/storage/tables.ts';

const pictures = process.env.BOUNDARY_SCREENSHOTS;
const text = readFileSync(join(repository, 'docs', 'tutorial.md'), 'utf8');
/** What the tutorial names in bold, numbers left out. */
const named = new Set([...text.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name = '']) => name.replace(/\s+/g, ' ')));
const used = new Set<string>();
let began = performance.now();

function lap(part: string): void {
  process.stdout.write(`${part}: ${Math.round((performance.now() - began) / 1000)} s\n`);
  began = performance.now();
}

/** Something on the screen that the tutorial names; the button that trains also says how long that takes. */
function see(place: Page | Locator, role: Parameters<Page['getByRole']>[0], name: string): Locator {
  used.add(name);
  return place.getByRole(role, { name: new RegExp(`^${name}( \\(.*\\))?$`) }).first();
}

async function picture(page: Page, name: string): Promise<void> {
  // Images come after the words, and nothing says when all of them are there.
  await page.waitForTimeout(5000);
  if (pictures === undefined) return;
  // Few colors and as wide as the text: a tenth of the bytes.
  await sharp(await page.screenshot())
    .resize({ width: 840 })
    .png({ palette: true })
    .toFile(join(pictures, `${name}.png`));
}

/** What somebody might see in each image of a session: its first class, and from some alpha on its second; as keys. */
function answers(dataFolder: string, sitting: number): string[] {
  const storage = openStorage(dataFolder, { readOnly: true });
  try {
    const study = storage.studies.byName('tutorial');
    const session = storage.labeling.sessions.ofStudy(study?.id ?? 0)[sitting];
    if (!session) throw new Error('there is no session');
    const images = new Map(
      storage.stimulusSets
        .images(session.setHash)
        .filter(isPlaced)
        .map((image) => [image.id, image]),
    );
    return sessionTables(storage)
      .sessions.trials(session.id)
      .map((trial) => {
        const image = images.get(trial.image);
        if (!image) throw new Error('a trial of no image');
        return String(image.alpha < 0.55 - 0.1 * sitting ? image.pairI : image.pairJ);
      });
  } finally {
    storage.close();
  }
}

async function createStudy(page: Page): Promise<void> {
  await see(page, 'button', 'Create study').click();
  const dialog = page.getByRole('dialog');
  await see(dialog, 'radio', 'Tutorial: three networks and you, on 55 images').check();
  await picture(page, 'create');
  await see(dialog, 'button', 'Create study').click();
  await page.getByRole('heading', { level: 1, name: /^Tutorial/ }).waitFor();
}

async function chooseAnchors(page: Page): Promise<void> {
  await see(page, 'link', 'Stimuli').click();
  await see(page, 'button', 'Find candidates').click();
  await page.getByRole('listbox', { name: /^Candidates of 0/ }).waitFor({ timeout: 900_000 });
  lap('candidates');
  await page.getByRole('navigation', { name: 'Classes' }).getByRole('button').nth(9).click();
  const wall = page.getByRole('listbox', { name: /^Candidates of 9/ });
  await wall.click({ position: { x: 100, y: 30 } });
  await picture(page, 'anchors');
  await see(page, 'button', 'Use as anchor').click();
  await see(page, 'tab', 'Preview').click();
  await picture(page, 'preview');
  await see(page, 'tab', 'Freeze').click();
  await see(page, 'button', 'Freeze 55 images').click();
  await page.getByRole('heading', { name: 'Frozen: 55 images' }).waitFor({ timeout: 300_000 });
}

/** Both sessions, as one person would who changes their mind between them. */
async function label(page: Page, dataFolder: string): Promise<void> {
  await see(page, 'link', 'Labeling').click();
  await see(page, 'textbox', 'People').fill('2');
  await page.keyboard.press('Tab');
  await see(page, 'button', 'Save the plan').click();
  await see(page, 'tab', 'Sessions').click();
  await see(page, 'button', 'Create 2 sessions').click();
  for (const sitting of [0, 1]) {
    used.add('Start here');
    await page.getByText('Start here', { exact: true }).first().click();
    const opening = page.waitForEvent('popup');
    await see(page, 'button', 'Start without a PIN').click();
    const desk = await opening;
    await see(desk, 'button', 'Start').click();
    await press(desk, answers(dataFolder, sitting), sitting === 0);
    await see(desk, 'button', 'Finish').click();
    await see(desk, 'button', 'Researcher').click();
    const closing = desk.waitForEvent('close');
    await see(desk, 'button', 'Leave').click();
    await closing;
    await page.getByRole('tab', { name: 'Sessions', selected: true }).waitFor();
    lap(`session ${sitting + 1}`);
  }
}

async function press(page: Page, keys: readonly string[], withPicture: boolean): Promise<void> {
  const focused = page.locator('.desk-cell[aria-current="true"] canvas');
  for (const [trial, key] of keys.entries()) {
    const end = performance.now() + 120_000;
    while (!(await focused.getAttribute('aria-label'))?.startsWith(`Image ${trial + 1},`)) {
      if (performance.now() > end) throw new Error(`image ${trial + 1} did not come`);
      const begin = page.getByRole('button', { name: /^(Begin|Continue|Start)/ });
      if ((await begin.count()) > 0) await begin.first().click();
    }
    if (withPicture && trial === 24) await picture(page, 'label');
    await page.keyboard.press(key);
  }
}

async function report(page: Page): Promise<void> {
  await see(page, 'link', 'Overview').click();
  await page.getByText('3 of 3 models trained').waitFor({ timeout: 1_200_000 });
  lap('networks');
  await see(page, 'button', 'Run remaining steps').click();
  // Seven steps, each with a check mark.
  await page.locator('.pipeline-step[data-state="done"]').nth(6).waitFor({ timeout: 600_000 });
  lap('predictions and report');
  await picture(page, 'overview');
  await see(page, 'link', 'Results').click();
  await picture(page, 'types');
  await see(page, 'link', 'Report').click();
  await page.frameLocator('iframe[title="The report"]').getByRole('heading', { level: 1 }).waitFor();
  await picture(page, 'report');
}

if (!kernelsAreBuilt(repository)) await buildKernels(repository);
await ensurePage(repository, process.execPath);
const folder = mkdtempSync(join(tmpdir(), 'tutorial-'));
const dataFolder = join(folder, 'data');
const entry = join(repository, 'main', 'hosts', 'browser', 'index.ts');
const host = spawn(
  process.execPath,
  ['--disable-warning=ExperimentalWarning', entry, '--no-open', '--data', dataFolder],
  {
    stdio: ['pipe', 'pipe', 'inherit'],
  },
);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox'] });
try {
  const [printed] = await once(host.stdout, 'data');
  const page = await browser.newPage({ viewport: { width: 1120, height: 760 } });
  page.setDefaultTimeout(120_000);
  await page.goto(/http:\/\/\S+/.exec(String(printed))?.[0] ?? '');
  const all = performance.now();
  began = all;
  await page.getByRole('heading', { level: 1 }).waitFor();
  await createStudy(page);
  lap('study');
  await chooseAnchors(page);
  lap('anchors');
  await see(page, 'link', 'Models').click();
  await see(page, 'button', 'Train 3 models').click();
  await label(page, dataFolder);
  await report(page);
  process.stdout.write(`all: ${Math.round((performance.now() - all) / 1000)} s, labels typed at once\n`);
  const unseen = [...named].filter((name) => !used.has(name));
  if (unseen.length > 0) throw new Error(`The tutorial names what was not used here: ${unseen.join('; ')}`);
} catch (error) {
  for (const each of browser.contexts().flatMap((context) => context.pages())) {
    await each.screenshot({ path: join(tmpdir(), 'tutorial-failed.png') });
  }
  throw error;
} finally {
  await browser.close();
  host.kill('SIGINT');
  await once(host, 'exit');
  rmSync(folder, removal);
}
