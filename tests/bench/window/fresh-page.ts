import { type Browser, chromium, type Page } from 'playwright';
import { giveKeys, type Keys } from '../../hosts/browser/let-in.ts';
import { untilDrawn } from './in-page.ts';
import { browserPath } from '../../../scripts/setup/test-browser.mjs';

/** @throws Error without a Chromium or Chrome of this computer */
export function openChromium(): Promise<Browser> {
  const executablePath = browserPath;
  if (!executablePath) throw new Error('Chromium is not installed.');
  return chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
}

/** A screen: its address, and what it has drawn once it is complete. */
export interface Screen {
  hash: string;
  selector: string;
  /** How many of these; 1. */
  count?: number;
}

/** A page that has shown `first`, and now shows nothing. */
export async function freshPage(browser: Browser, keys: Keys, first: Screen): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await giveKeys(page.context(), keys);
  await page.goto(`${keys.origin}/${first.hash}`);
  await page.locator(first.selector).first().waitFor();
  await page.evaluate(() => (window.location.hash = '#/nowhere'));
  await page.getByRole('heading', { name: 'Page not found' }).waitFor();
  return page;
}

/**
 * Milliseconds from opening a screen until it is drawn, without earlier requests for it, on a page that has shown `first`
 * before.
 */
export async function timeTo(browser: Browser, keys: Keys, first: Screen, screen: Screen): Promise<number> {
  const page = await freshPage(browser, keys, first);
  // Loads the screen's code, but not its data.
  await page.reload();
  await page.getByRole('heading', { name: 'Page not found' }).waitFor();
  await page.waitForTimeout(2500);
  const time = await page.evaluate(untilDrawn, { ...screen, count: screen.count ?? 1 });
  await page.context().close();
  return time;
}
