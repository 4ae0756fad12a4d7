import type { Page } from 'playwright';
import { expect } from 'vitest';
import { pageParts } from '../../renderer/contributions/all.ts';
import { coreViews } from '../../renderer/results/address.ts';

/** Waits until the view of a route is shown with all its data. */
export async function waitForPart(page: Page, route: string): Promise<void> {
  const id = /^\/(\w+)/.exec(route)?.[1] ?? 'types';
  const views = [...coreViews, ...pageParts.flatMap(({ parts }) => parts?.['results.views'] ?? [])];
  const name = views.find((view) => view.id === id)?.name ?? '';
  const current = page.getByRole('navigation', { name: 'Views of the results' }).locator('[aria-current="page"]');
  await current.and(page.getByText(name, { exact: true })).waitFor();
  if (route.includes('map=labels')) await page.getByRole('heading', { name: /^Figure 3/ }).waitFor();
  const same = page.getByText('Both sides are the same');
  await page.locator('.results-section').or(same).first().waitFor();
  await expect.poll(() => page.getByText('Computing results').count()).toBe(0);
}
