import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll } from 'vitest';
import { browserArguments, executablePath, patience } from '../harness.ts';
import { serveGallery } from './open.ts';

/** Opens a page of the gallery; for the tests of one file, which share a browser. */
export function useGallery(): (name: string, options?: { colorScheme?: 'light' | 'dark' }) => Promise<Page> {
  let gallery: Awaited<ReturnType<typeof serveGallery>>;
  let browser: Browser;
  beforeAll(async () => {
    gallery = await serveGallery();
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: browserArguments });
  });
  afterAll(async () => {
    await browser?.close();
    await gallery?.close();
  });
  return async (name, { colorScheme = 'light' } = {}) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    await page.goto(`${gallery.address}/#${name}`);
    await page.getByRole('heading', { name: `Gallery: ${name}` }).waitFor();
    return page;
  };
}
