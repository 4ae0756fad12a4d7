import type { Page } from 'playwright';
import { afterAll, beforeAll } from 'vitest';
import { patience, sharedBrowser } from '../harness.ts';
import { serveGallery } from './open.ts';

/** Opens a page of the gallery, which is served for the tests of one file. */
export function useGallery(): (name: string, options?: { colorScheme?: 'light' | 'dark' }) => Promise<Page> {
  let gallery: Awaited<ReturnType<typeof serveGallery>>;
  beforeAll(async () => {
    gallery = await serveGallery();
  });
  afterAll(async () => {
    await gallery?.close();
  });
  return async (name, { colorScheme = 'light' } = {}) => {
    const context = await (await sharedBrowser()).newContext({ colorScheme, viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    await page.goto(`${gallery.address}/#${name}`);
    await page.getByRole('heading', { name: `Gallery: ${name}` }).waitFor();
    return page;
  };
}
