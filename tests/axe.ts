import axe from 'axe-core';
import type { Page } from 'playwright';

/**
 * What axe finds wrong with a page, without its frames. Its source, half a megabyte, is read once by each document. Of
 * words that look alike (same colors, backgrounds and size) it reads the contrast of the first ones: in a large table
 * that is most of its time.
 */
export async function axeViolations(page: Page): Promise<axe.Result[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: inPage } = window as unknown as { axe: typeof axe };
    const mark = 'data-contrast-is-read';
    const looks = new Set<string>();
    const behind = new Map<Element | null, string>([[null, '']]);
    const backgrounds = (element: Element | null): string => {
      let known = behind.get(element);
      if (known === undefined && element) {
        const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
        const own = opacity === '1' && backgroundColor === 'rgba(0, 0, 0, 0)' && backgroundImage === 'none';
        known = backgrounds(element.parentElement) + (own ? '' : `/${backgroundColor} ${backgroundImage} ${opacity}`);
        behind.set(element, known);
      }
      return known ?? '';
    };
    const hasWords = (element: Element): boolean =>
      element.matches('input, select, textarea') ||
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '');
    for (const element of document.querySelectorAll('body *')) {
      if (!hasWords(element)) continue;
      const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
      // What axe doesn't read must not stand for what it does.
      const unread = element.closest(':disabled, [aria-disabled=true], [aria-hidden=true], [inert]') !== null;
      const shown = element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
      const look = [
        element.tagName,
        color,
        fontSize,
        fontWeight,
        textShadow,
        shown,
        unread,
        backgrounds(element),
      ].join();
      if (!looks.has(look)) element.setAttribute(mark, '');
      looks.add(look);
    }
    inPage.configure({ rules: [{ id: 'color-contrast', selector: `[${mark}]` }] });
    const { violations } = await inPage.run(document, { iframes: false, resultTypes: ['violations'] });
    for (const element of document.querySelectorAll(`[${mark}]`)) element.removeAttribute(mark);
    return violations;
  });
}
