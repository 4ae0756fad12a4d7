import type { Locator, Page } from 'playwright';

/** Closes a run, the image that led to it and the list that led to that, by Escape: each gives way to the one before. */
export async function closeInTurn(page: Page, { image, list }: { image: Locator; list: Locator }): Promise<void> {
  const run = page.getByRole('dialog', { name: /^Run/ });
  // Escape is heard from when it has the focus.
  await run.and(page.locator(':focus-within')).waitFor();
  await page.keyboard.press('Escape');
  await image.waitFor();
  await page.keyboard.press('Escape');
  await list.waitFor();
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'hidden' });
}
