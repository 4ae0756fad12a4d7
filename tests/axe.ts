import axe from 'axe-core';
import type { Page } from 'playwright';

/** What axe finds wrong with a page, without its frames. Its source, half a megabyte, is read once by each document. */
export async function axeViolations(page: Page): Promise<axe.Result[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: inPage } = window as unknown as { axe: typeof axe };
    return (await inPage.run(document, { iframes: false, resultTypes: ['violations'] })).violations;
  });
}
