import type { Page } from 'playwright';

/**
 * What a page shows wrongly, from its layout boxes: text that is cut without a tooltip, controls and texts that lie over each
 * other, and a page that scrolls to the side. Empty: nothing.
 */
export function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const say = (what: string, element: Element, text: string): void => {
      const at = element.closest('[class]')?.getAttribute('class')?.split(' ').at(-1) ?? element.tagName;
      faults.push(`${what}: "${text.replace(/\s+/g, ' ').trim().slice(0, 60)}" in .${at}`);
    };
    if (document.documentElement.scrollWidth > window.innerWidth + 1) {
      faults.push(`the page scrolls to the side: ${document.documentElement.scrollWidth} of ${window.innerWidth}`);
    }
    const isShown = (element: Element): boolean =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      element.closest('.sr, .frame-name, .frame-skip, [aria-hidden="true"], option, .mantine-Portal [inert]') === null;
    const hasTooltip = (element: Element): boolean => element.closest('[title]') !== null;
    interface Box {
      element: Element;
      text: string;
      rect: DOMRect;
    }
    const texts: Box[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? '';
      if (!element || text === '' || !isShown(element) || element.closest('script, style, svg, canvas, textarea'))
        continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) {
        if (rect.width < 2 || rect.height < 2) continue;
        const cut = cutBy(element, rect);
        if (cut === 'clipped' && !hasTooltip(element)) say('cut', element, text);
        if (cut === null) texts.push({ element, text, rect });
      }
    }
    /** How an ancestor hides a part of the box; `scrolled`: it can be scrolled into sight. */
    function cutBy(element: Element, rect: DOMRect): 'clipped' | 'scrolled' | null {
      let scrolled = false;
      for (let each: Element | null = element; each && each !== document.body; each = each.parentElement) {
        const style = getComputedStyle(each);
        if (style.position === 'fixed') break;
        const box = each.getBoundingClientRect();
        const outside =
          rect.right > box.right + 1.5 ||
          rect.left < box.left - 1.5 ||
          rect.bottom > box.bottom + rect.height * 0.3 ||
          rect.top < box.top - rect.height * 0.3;
        if (!outside) continue;
        const across = rect.right > box.right + 1.5 || rect.left < box.left - 1.5;
        const overflow = across ? style.overflowX : style.overflowY;
        if (overflow === 'auto' || overflow === 'scroll') scrolled = true;
        if ((overflow === 'hidden' || overflow === 'clip') && !scrolled) {
          const isScroller = each.matches('.mantine-ScrollArea-root, [data-scrollbars]');
          return isScroller ? 'scrolled' : 'clipped';
        }
      }
      return scrolled ? 'scrolled' : null;
    }
    /** The part of the page that lies over others: a dialog, the header, what sticks to an edge. */
    const layerOf = (element: Element): Element | null => {
      for (let each: Element | null = element; each; each = each.parentElement) {
        const { position } = getComputedStyle(each);
        if (position === 'fixed' || position === 'sticky' || each.matches('[role="dialog"]')) return each;
      }
      return null;
    };
    const overlaps = (a: DOMRect, b: DOMRect): boolean =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
    const seen = (rect: DOMRect): boolean =>
      rect.bottom > 0 && rect.right > 0 && rect.top < window.innerHeight && rect.left < window.innerWidth;
    const inSight = texts.filter(({ rect }) => seen(rect)).sort((a, b) => a.rect.top - b.rect.top);
    inSight.forEach((a, at) => {
      for (let next = at + 1; next < inSight.length; next++) {
        const b = inSight[next];
        if (!b || b.rect.top > a.rect.bottom) break;
        if (a.element === b.element || layerOf(a.element) !== layerOf(b.element)) continue;
        if (overlaps(a.rect, b.rect)) say(`overlaps "${b.text.slice(0, 40)}"`, a.element, a.text);
      }
    });
    const controls = [...document.querySelectorAll('button, a[href], input, select, textarea, [role="tab"]')]
      .filter((element) => isShown(element) && getComputedStyle(element).pointerEvents !== 'none')
      .map((element) => ({ element, rect: element.getBoundingClientRect() }))
      .filter(({ element, rect }) => rect.width > 4 && rect.height > 4 && seen(rect) && cutBy(element, rect) === null);
    controls.forEach((a, at) => {
      for (const b of controls.slice(at + 1)) {
        if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
        if (layerOf(a.element) !== layerOf(b.element) || !overlaps(a.rect, b.rect)) continue;
        // A control inside another's frame, such as the steps of a number field.
        if (
          a.element.closest('[class*="-wrapper"], label') === b.element.closest('[class*="-wrapper"], label') &&
          a.element.closest('[class*="-wrapper"], label')
        )
          continue;
        const name = (element: Element): string =>
          element.getAttribute('aria-label') ?? element.textContent ?? element.tagName;
        say(`control over "${name(b.element).slice(0, 40)}"`, a.element, name(a.element));
      }
    });
    return [...new Set(faults)];
  });
}
