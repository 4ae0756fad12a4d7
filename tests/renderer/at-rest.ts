import type { Page } from 'playwright';
import { expect } from 'vitest';

/** The screen has what it loads, and nothing on it moves. */
export async function atRest(page: Page): Promise<void> {
  await page.locator('h1, [class^="desk"]').first().waitFor({ state: 'attached' });
  const loading = page.locator('[aria-busy="true"], .mantine-Skeleton-root, .loading-line');
  await expect.poll(() => loading.count()).toBe(0);
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
