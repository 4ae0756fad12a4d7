import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, onTestFinished } from 'vitest';
import { repository } from '../architecture/tools.ts';
import { axeViolations } from '../axe.ts';
import { removal } from '../temporary-folder.ts';
import { browserPath, shellPath } from '../../scripts/setup/test-browser.mjs';
import { buildPage } from './build-page.ts';
import { lateness, makeLate } from './late.ts';

/** The browser that people have. */
export const executablePath = browserPath;

/** False where there is no Chromium: tests of the page then say that they are skipped (`test.skipIf(!hasBrowser)`). */
export const hasBrowser = executablePath !== undefined;

/**
 * What Chromium does without: Playwright's own list, which a second one replaces, as far as it matters here, and the two
 * popups of the address bar that each new window draws before anyone asks: half of all that an empty page costs.
 */
const disabledFeatures = [
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'PaintHolding', 'MediaRouter'],
  ...['HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'OptimizationHints', 'NetworkTimeServiceQuerying'],
  ...['ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect', 'LensOverlay', 'AimEnabled'],
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'],
];

export const browserArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${disabledFeatures.join(',')}`,
];

/** Milliseconds that a page has for what it is asked: twice Playwright's own, for busy machines; `npm run mutate` has less. */
export const patience = Number(process.env.BOUNDARY_PATIENCE ?? 60_000);

/** The real browser host. */
export interface Host {
  /** Its first address, with its token, which works once. */
  readonly address: string;
  /** An address that was not used yet, as Enter in the terminal prints it. */
  newAddress(): Promise<string>;
  readonly dataFolder: string;
  /** Ends it as Ctrl-C does. */
  stop(): Promise<unknown>;
}

/** The same in a process of its own. */
export interface HostProcess extends Host {
  readonly process: ChildProcess;
  /** What it wrote so far on stderr. */
  errors(): string;
  /** Resolves with its exit code. */
  stop(): Promise<number | null>;
}

interface HostOptions {
  /** Default: a new one, removed when the test is over. */
  dataFolder?: string;
  /** Any free one unless given. */
  port?: number;
}

interface ProcessOptions extends HostOptions {
  /** Variables on top of these: wasm as engine. */
  environment?: NodeJS.ProcessEnv;
}

/** Has `end` called when what was started is no longer needed. */
type Ending = (end: () => Promise<void>) => void;

type Look = Required<Pick<PageOptions, 'colorScheme' | 'width' | 'height'>>;

/** Both themes in the size that a page has by itself. */
export const themes: readonly Look[] = [
  { colorScheme: 'light', width: 1280, height: 800 },
  { colorScheme: 'dark', width: 1280, height: 800 },
];

/** Each theme and each size once; with BOUNDARY_NEWCOMER=1 each theme in each size. */
export const looks: Look[] = [
  { colorScheme: 'light', width: 1280, height: 800 },
  { colorScheme: 'dark', width: 1920, height: 1080 },
];
if (process.env.BOUNDARY_NEWCOMER === '1') {
  looks.push({ colorScheme: 'light', width: 1920, height: 1080 }, { colorScheme: 'dark', width: 1280, height: 800 });
}

/** The data folder of a host, and what removes it if it is a new one. */
function folderOf({ dataFolder }: HostOptions): { dataFolder: string; remove: () => void } {
  if (dataFolder !== undefined) return { dataFolder, remove: () => undefined };
  const home = mkdtempSync(join(tmpdir(), 'boundary-host-'));
  return { dataFolder: join(home, 'data'), remove: () => rmSync(home, removal) };
}

/**
 * Starts the host, which trains on wasm, and ends it when the test is over. It runs in this process, which has loaded the
 * program: that saves a second a host. The page is built from the sources as they are.
 */
export async function startHost(options: HostOptions = {}, whenOver: Ending = onTestFinished): Promise<Host> {
  await buildPage();
  const { startWorkbench } = await import('../../main/hosts/browser/start.ts');
  process.env.BOUNDARY_ENGINE = 'wasm';
  const { dataFolder, remove } = folderOf(options);
  const workbench = await startWorkbench({ root: repository, dataFolder, port: options.port ?? 0 });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= workbench.close());
  whenOver(async () => {
    await stop();
    remove();
  });
  const newAddress = (): Promise<string> => Promise.resolve(workbench.newAddress());
  return { address: await newAddress(), newAddress, dataFolder, stop };
}

/** Starts the host in a process of its own, for tests that kill it or need what it prints. */
export async function startHostProcess(
  options: ProcessOptions = {},
  whenOver: Ending = onTestFinished,
): Promise<HostProcess> {
  await buildPage();
  const { dataFolder, remove } = folderOf(options);
  const entry = join(repository, 'main', 'hosts', 'browser', 'index.ts');
  const child = spawn(
    process.execPath,
    [entry, '--no-open', '--data', dataFolder, '--port', String(options.port ?? 0)],
    { env: { ...process.env, BOUNDARY_ENGINE: 'wasm', ...options.environment }, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const stop = async (): Promise<number | null> => {
    child.kill('SIGINT');
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    const code = await ended;
    clearTimeout(timer);
    return code;
  };
  whenOver(async () => {
    await stop();
    remove();
  });
  const gone = ended.then((code) => {
    throw new Error(`the host ended with ${code}: ${errors}`);
  });
  gone.catch(() => undefined);
  const printed = printedAddresses(child);
  const address = await Promise.race([printed(), gone]);
  const newAddress = (): Promise<string> => {
    child.stdin.write('\n');
    return Promise.race([printed(), gone]);
  };
  return { address, newAddress, dataFolder, process: child, errors: () => errors, stop };
}

/** Returns a function that resolves with the next address that the host prints. */
function printedAddresses({ stdout }: ChildProcess): () => Promise<string> {
  const lines = createInterface({ input: stdout ?? Readable.from([]) });
  const addresses: string[] = [];
  const waiting: ((address: string) => void)[] = [];
  lines.on('line', (line) => {
    const address = /http:\/\/\S+/.exec(line)?.[0];
    if (address !== undefined) (waiting.shift() ?? ((each) => addresses.push(each)))(address);
  });
  return () => {
    const address = addresses.shift();
    return address === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(address);
  };
}

export interface PageOptions {
  /** Route to begin at, e.g. `/studies/quick/models`. */
  route?: string;
  colorScheme?: 'light' | 'dark';
  width?: number;
  height?: number;
  /** CSS pixels are so many of the screen's. Default 1; 2 with half the size: zoom of 200 %. */
  pixelRatio?: number;
  /** A screen that is touched. */
  hasTouch?: boolean;
  /** Loads the code of all screens in advance, as for people: a fifth of a page's time. Default: a screen's when it opens. */
  loadsAll?: boolean;
  /** The page's time goes on by itself and jumps where the test asks for it (`page.clock`): nobody waits for minutes. */
  hasClock?: boolean;
  /** One from `launchBrowser`, for tests that end it. Default: one for all pages of this process. */
  browser?: Browser;
}

/**
 * One host and one browser for all tests of a file, for tests that only read the data folder. Each page has a profile of
 * its own. @param fill makes the data folder in a folder, once, for the first test that asks
 */
export function shareHost(fill: (folder: string) => Promise<string>): {
  host: () => Promise<Host>;
  openPage: (options?: PageOptions) => Promise<Page>;
} {
  const ends: (() => Promise<void>)[] = [];
  const whenOver: Ending = (end) => void ends.unshift(end);
  afterAll(async () => {
    for (const end of ends) await end();
  });
  const start = async (): Promise<Host> => {
    const folder = mkdtempSync(join(tmpdir(), 'boundary-host-'));
    whenOver(async () => rmSync(folder, removal));
    return startHost({ dataFolder: await fill(folder) }, whenOver);
  };
  let started: Promise<Host> | undefined;
  const host = (): Promise<Host> => (started ??= start());
  return { host, openPage: async (options = {}) => openPage(await host(), options) };
}

let browserOfProcess: Promise<Browser> | undefined;

/** One for all pages of this process, with which it ends: that saves a second a page. Another one after a crash. */
export async function sharedBrowser(): Promise<Browser> {
  const running = await browserOfProcess;
  if (running?.isConnected()) return running;
  browserOfProcess = launchBrowser(() => undefined);
  return browserOfProcess;
}

/** A browser without a page, closed when the test is over. */
export async function launchBrowser(whenOver: Ending = onTestFinished): Promise<Browser> {
  // As in a person's session: without a UTF-8 locale, Chromium finds no file whose name is not ASCII.
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const browser = await chromium.launch({ executablePath: shellPath ?? '', args: browserArguments, env });
  whenOver(() => browser.close());
  return browser;
}

/** A page of the workbench in a profile of its own, let in. Errors that the page throws fail the test. */
export async function openPage(host: Pick<Host, 'newAddress'>, options: PageOptions = {}): Promise<Page> {
  const { route = '/studies', colorScheme = 'light', width = 1280, height = 800, pixelRatio = 1 } = options;
  const browser = options.browser ?? (await sharedBrowser());
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height },
    deviceScaleFactor: pixelRatio,
    hasTouch: options.hasTouch ?? false,
  });
  context.setDefaultTimeout(patience);
  if (lateness !== null) await makeLate(context, lateness);
  context.on('page', (each) => {
    each.on('crash', () => process.stderr.write(`Chromium crashed at ${each.url()}: the test is tried once more\n`));
  });
  if (options.hasClock === true) await context.clock.install();
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.stack || `${error.name}: ${error.message}`));
  page.on('console', (message) => {
    // What the page's policy stops is a fault of ours; a connection that breaks is what some tests are about.
    if (message.type() === 'error' && /Content Security Policy|Uncaught/.test(message.text()))
      faults.push(message.text());
  });
  onTestFinished(async () => {
    // Not the context: Chromium forgets a context's end that comes while a page reloads; of a page it does so now and then.
    const forgotten = wait(10_000, undefined, { ref: false });
    for (const each of context.pages()) await Promise.race([each.close(), forgotten]);
    if (faults.length > 0) throw new Error(`the page threw:\n${faults.join('\n')}`);
  });
  if (options.loadsAll !== true) {
    await page.addInitScript(() => {
      Object.defineProperty(Object.getPrototypeOf(Reflect.get(navigator, 'connection')), 'saveData', { value: true });
    });
  }
  // The history has a place to go back to, the list of studies, which need not be drawn for that.
  await page.addInitScript((place) => {
    if (location.pathname !== '/' || location.search !== '' || sessionStorage.getItem('placed') !== null) return;
    sessionStorage.setItem('placed', '');
    history.replaceState(null, '', '/#/studies');
    history.pushState(null, '', place);
  }, `/#${route}`);
  await page.goto(await host.newAddress());
  await page.waitForURL((url) => url.pathname === '/' && url.search === '');
  return page;
}

/**
 * What axe finds wrong with the page at rest, one line each; none is wanted. Only the page itself is read: in a frame
 * that may run no scripts, as the report's, axe waits for ever now and then.
 */
export async function violations(page: Page): Promise<string[]> {
  const look = async () => {
    await atRest(page);
    return axeViolations(page);
  };
  // A message may have begun to fade in meanwhile.
  const found = (await look()).length === 0 ? [] : await look();
  return found.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} (${target.join(' ')})`));
}

/**
 * What axe finds wrong with a page of the workbench in each theme and size, which it takes one after another. It begins
 * and ends in the first of them, so one walk through a screen shows both themes. @param name of its pictures @param see
 * looks for more in each of them
 */
export async function violationsInAll(
  page: Page,
  name: string,
  { all = looks, see }: { all?: readonly Look[]; see?: (look: Look) => Promise<void> } = {},
): Promise<string[]> {
  const take = async ({ colorScheme, ...size }: Look): Promise<void> => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(size);
    const shown = page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`);
    await shown.waitFor({ state: 'attached' });
  };
  const found: string[] = [];
  for (const look of all) {
    await take(look);
    const place = `${name}-${look.colorScheme}-${look.width}`;
    found.push(...(await violations(page)).map((violation) => `${place}: ${violation}`));
    await see?.(look);
    await screenshot(page, place);
  }
  const [first] = all;
  if (first) await take(first);
  return found;
}

/**
 * Waits until nothing fades or slides any more: words that are half faded in have too little contrast. What turns for
 * ever (a loader) is not waited for. Several frames, as a transition begins some frames after what it shows.
 */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const moves = (animation: Animation): boolean =>
      animation.playState === 'running' && animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY;
    const frame = (): Promise<unknown> =>
      Promise.race([new Promise(requestAnimationFrame), new Promise((resolve) => setTimeout(resolve, 500))]);
    for (let still = 0; still < 6; still++) {
      await frame();
      if (document.getAnimations().some(moves)) still = 0;
    }
  });
}

const docsScreenshots = join(repository, 'docs', 'screenshots');

/**
 * Where pictures are kept, if BOUNDARY_SCREENSHOTS asks for them: the folder that it names, or with `1` docs/screenshots,
 * which takes only those that docs/screens.md shows.
 */
export const screenshotFolder = wantedFolder(process.env.BOUNDARY_SCREENSHOTS);

function wantedFolder(wanted: string | undefined): string | null {
  if (!wanted) return null;
  const folder = wanted === '1' ? docsScreenshots : wanted;
  mkdirSync(folder, { recursive: true });
  return folder;
}

const isShown = (name: string): boolean =>
  readFileSync(join(repository, 'docs', 'screens.md'), 'utf8').includes(`(screenshots/${name}.png)`);

/** Keeps a picture of the page where pictures are wanted. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!screenshotFolder || (screenshotFolder === docsScreenshots && !isShown(name))) return;
  await page.screenshot({ path: join(screenshotFolder, `${name}.png`) });
}
