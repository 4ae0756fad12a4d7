import type { Page } from 'playwright';
import { expect } from 'vitest';
import type { LabelingPlan } from '../../../../main/contributions/sessions/contract/plan.ts';
import { violations } from '../../../renderer/harness.ts';

/** A screen of 1280 x 800 at 200 %. */
export const doubled = { width: 640, height: 400, pixelRatio: 2 } as const;

/** What is proposed to a researcher. */
export const proposed: Partial<LabelingPlan> = {
  grid: { columns: 5, rows: 3 },
  size: { unit: 'mm', value: 20 },
  practice: 0,
  repeats: 0,
  attention: 0,
};

/** No scrolling to the side, no text cut off, nothing that axe finds. */
export async function expectWhole(page: Page): Promise<void> {
  const cut = await page.evaluate(() => {
    const desk = document.querySelector('.desk');
    const wider = [...(desk?.querySelectorAll('*') ?? [])].filter((one) => {
      const { left, right, width } = one.getBoundingClientRect();
      return width > 0 && (left < 0 || right > window.innerWidth || one.scrollWidth > one.clientWidth + 1);
    });
    return [
      ...(desk && desk.scrollWidth > desk.clientWidth ? ['the page scrolls to the side'] : []),
      ...wider
        .filter((one) => one instanceof HTMLElement && one.clientWidth > 0)
        .map((one) => one.outerHTML.slice(0, 120)),
    ];
  });
  expect(cut).toEqual([]);
  expect(await violations(page)).toEqual([]);
}

/** Every element of these is wholly on the screen, and nothing lies over its middle. */
export async function expectInSight(page: Page, selectors: readonly string[]): Promise<void> {
  const hidden = await page.evaluate((wanted) => {
    const isHidden = (one: Element): boolean => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return top < 0 || left < 0 || bottom > window.innerHeight || right > window.innerWidth || !one.contains(above);
    };
    return wanted.flatMap((selector) => {
      const found = [...document.querySelectorAll(selector)];
      return found.length === 0 || found.some(isHidden) ? [selector] : [];
    });
  }, selectors);
  expect(hidden).toEqual([]);
}
