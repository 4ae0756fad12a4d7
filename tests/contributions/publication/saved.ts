import { readFileSync } from 'node:fs';
import type { Download, Page } from 'playwright';

/**
 * Saves a chart, an image grid or a table by its menu, as the entry of that name says.
 * @param timeout milliseconds until the file must be there; absent: that of the page
 */
export async function saved(
  page: Page,
  title: string | RegExp,
  as: string,
  timeout?: number,
): Promise<{ name: string; bytes: Buffer }> {
  const name = typeof title === 'string' ? `Copy or save: ${title}` : title;
  const ending = `.${as.slice(-3).toLowerCase()}`;
  const predicate = (download: Download): boolean => download.suggestedFilename().endsWith(ending);
  await page.getByRole('button', { name, exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download', { predicate, ...(timeout !== undefined && { timeout }) }),
    page.getByRole('menuitem', { name: as, exact: true }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** Lines of a table that is saved as CSV. */
export async function savedLines(page: Page, title: string | RegExp): Promise<string[]> {
  const { bytes } = await saved(page, title, 'Save as CSV');
  return bytes.toString('utf8').trim().split('\r\n');
}
