import { createHmac } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContext, Page } from 'playwright';
import { expect, onTestFinished, vi } from 'vitest';
import {
  kitResultFileSchema,
  kitResultPayloadSchema,
  type KitPayload,
} from '../../../../main/contributions/offline/kit-format.ts';
import type { KitResultPayload, KitSession } from '../../../../main/contributions/offline/kit-format.ts';
import { buildOneFilePage } from '../../../../scripts/one-file-pages.mjs';
import { hashSources } from '../../../../scripts/setup/page.mjs';
import { repository } from '../../../architecture/tools.ts';
import { madeOnce } from '../../../made-once.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { frameMs } from '../../desk/page/whole-sittings.ts';
import { patience, sharedBrowser } from '../../../renderer/harness.ts';
import { start } from './kit-of.ts';

/** As in electron.vite.config.ts. */
const page = { title: 'Labeling', script: 'renderer/contributions/offline/kit/main.tsx' };

/** Writes a kit to a file as the workbench does; gives its address. */
export async function kitFile(kit: KitPayload): Promise<string> {
  const folder = temporaryFolder();
  await madeOnce(`kit-${hashSources(repository)}`, folder, async (made) => {
    mkdirSync(made, { recursive: true });
    // As in the page that people have; React for tests runs effects twice.
    vi.stubEnv('NODE_ENV', 'production');
    writeFileSync(join(made, 'kit.html'), await buildOneFilePage(page).finally(() => vi.unstubAllEnvs()));
  });
  const path = join(folder, 'kit.html');
  const data = `<script type="application/json" id="kit">${JSON.stringify(kit)}</script>`;
  writeFileSync(path, readFileSync(path, 'utf8').replace('<!-- the kit -->', data));
  return pathToFileURL(path).href;
}

/** Frames after which a page has measured how often the screen is drawn. */
const measuredFrames = 31;

/**
 * A profile of its own whose time stands still: only `TimedPage.pass` lets it pass, on all of its pages.
 * @param isBusy as on a busy computer, what React leaves for later comes after what the test does next
 */
export async function timedContext(isBusy = false): Promise<BrowserContext> {
  const context = await (await sharedBrowser()).newContext({ viewport: { width: 1280, height: 800 } });
  onTestFinished(() => context.close());
  context.setDefaultTimeout(patience);
  if (isBusy) await context.addInitScript(holdTasks);
  await context.clock.install({ time: start });
  await context.clock.pauseAt(start);
  return context;
}

/** Runs in the page: React's tasks, which it sends to itself as `null`, come some milliseconds of the true time later. */
function holdTasks(): void {
  const { setTimeout: later } = window;
  const post = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (message: unknown) {
    if (message === null) later(() => post.call(this, null), 20);
    else post.call(this, message);
  };
}

/** A page of a kit, and the time on its clock. */
export class TimedPage {
  readonly page: Page;
  /** The page's clock when it had measured the screen. */
  #openedMs = 0;
  readonly kit: KitPayload & { session: KitSession };

  constructor(page: Page, kit: KitPayload & { session: KitSession }) {
    this.page = page;
    this.kit = kit;
  }

  /** Opens a kit up to its first sheet. */
  static async open(context: BrowserContext, kit: KitPayload & { session: KitSession }): Promise<TimedPage> {
    const page = await context.newPage();
    await page.goto(await kitFile(kit));
    const timed = new TimedPage(page, kit);
    await timed.opened();
    return timed;
  }

  /** Lets the time pass in which the page measures its screen. */
  async opened(): Promise<void> {
    await this.page.getByText('One moment …').waitFor();
    // What React does after drawing comes before this.
    await this.page.evaluate(
      () =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = resolve;
          port2.postMessage(null);
        }),
    );
    const now = await this.now();
    this.#openedMs = (Math.floor(now / frameMs) + measuredFrames) * frameMs;
    await this.pass(this.#openedMs - now);
    await this.page.locator('.alone-sheet').waitFor();
  }

  /** Milliseconds of the page's own clock. */
  now = (): Promise<number> => this.page.evaluate(() => performance.now());

  /** Lets time pass; everything that was to happen within happens at its time. */
  pass = (milliseconds: number): Promise<void> => this.page.clock.runFor(milliseconds);

  /** A moment of the page's clock by the clock of the computer. */
  async date(milliseconds: number): Promise<string> {
    const began = await this.page.evaluate(() => Date.now() - performance.now());
    return new Date(began + milliseconds).toISOString();
  }

  /** How a sitting of this page begins: once it has measured how often the screen is drawn. */
  async opening(): Promise<Pick<KitResultPayload['sittings'][number], 'openedAt' | 'openedMs' | 'screen'>> {
    const screen = { refreshHz: 1000 / frameMs, width: 1280, height: 800, pixelRatio: 1, pixelsPerMm: null };
    return { openedAt: await this.date(this.#openedMs), openedMs: this.#openedMs, screen };
  }

  /** Everything stored, as the result file says it, whose signature is checked. */
  async result(): Promise<KitResultPayload> {
    const download = this.page.waitForEvent('download');
    await this.page.getByRole('button', { name: 'Save the result file' }).click();
    const file = kitResultFileSchema.parse(JSON.parse(readFileSync(await (await download).path(), 'utf8')));
    const key = Buffer.from(this.kit.session.key, 'base64');
    expect(file.signature).toBe(createHmac('sha256', key).update(file.payload).digest('hex'));
    const payload = kitResultPayloadSchema.parse(JSON.parse(file.payload));
    // The browser has sittings in the order of their keys, which are drawn.
    const sittings = payload.sittings.toSorted((a, b) => Date.parse(a.openedAt) - Date.parse(b.openedAt));
    return { ...payload, sittings };
  }
}
