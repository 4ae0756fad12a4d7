import type { Locator, Page } from 'playwright';

/**
 * What a page shows wrongly, from its layout boxes: text that is cut without a tooltip or squeezed into a column of letters,
 * controls and texts that lie over each other, controls under something else, regions too low to read, and a page that
 * scrolls to the side. Empty: nothing.
 */
export function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const say = (what: string, element: Element, text: string): void => {
      const at = element.closest('[class]')?.getAttribute('class')?.split(' ').at(-1) ?? element.tagName;
      faults.push(`${what}: "${text.replace(/\s+/g, ' ').trim().slice(0, 60)}" in .${at}`);
    };
    const root = document.documentElement;
    if (root.scrollWidth > window.innerWidth + 1) {
      faults.push(`the page scrolls to the side: ${root.scrollWidth} of ${window.innerWidth}`);
    }
    const dialogs = [...document.querySelectorAll('[role="dialog"], [role="menu"]')].filter((each) =>
      each.checkVisibility(),
    );
    /** What can be used: the dialog on top, where there is one. */
    const ground = dialogs.at(-1) ?? document.body;
    const hidden = '.sr, .frame-name, .frame-skip, [aria-hidden="true"], option, .mantine-Portal [inert]';
    const isShown = (element: Element): boolean =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.closest(hidden) === null;
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
      const rects = [...range.getClientRects()].filter(({ width, height }) => width >= 2 && height >= 2);
      if (text.length >= 8 && rects.length > text.length / 3) say('squeezed', element, text);
      for (const rect of rects) {
        const cut = cutBy(element, rect);
        if (cut === 'clipped' && !hasTooltip(element)) say('cut', element, text);
        if (cut === null) texts.push({ element, text, rect });
      }
    }
    for (const element of document.querySelectorAll('td, th, dd, span, strong')) {
      const text = element.textContent?.trim() ?? '';
      if (element.childElementCount > 0 || !/^[±≈]?\s?[\d.,]+\s\S{1,3}$/.test(text) || !isShown(element)) continue;
      const range = document.createRange();
      range.selectNodeContents(element);
      const tops = [...range.getClientRects()].map(({ top }) => Math.round(top));
      if (Math.max(...tops) - Math.min(...tops) > 8) say('number apart from its unit', element, text);
    }
    for (const field of document.querySelectorAll<HTMLInputElement>('.mantine-Select-input')) {
      field.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
      const isCut = field.scrollWidth > field.clientWidth + 1 && isShown(field);
      if (isCut && !hasTooltip(field)) say('cut', field, field.value);
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
        const isOver = each.matches('[role="dialog"], [role="menu"], [role="listbox"]');
        if (position === 'fixed' || position === 'sticky' || isOver) return each;
      }
      return null;
    };
    const overlaps = (a: DOMRect, b: DOMRect): boolean =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
    const inWindow = (rect: DOMRect): boolean =>
      rect.bottom > 0 && rect.right > 0 && rect.top < window.innerHeight && rect.left < window.innerWidth;
    const below = texts.sort((a, b) => a.rect.top - b.rect.top);
    below.forEach((a, at) => {
      for (let next = at + 1; next < below.length; next++) {
        const b = below[next];
        if (!b || b.rect.top > a.rect.bottom) break;
        if (a.element === b.element || !overlaps(a.rect, b.rect) || layerOf(a.element) !== layerOf(b.element)) continue;
        say(`overlaps "${b.text.slice(0, 40)}"`, a.element, a.text);
      }
    });
    // Labels of a chart: those of one drawing may not lie over each other, nor leave it.
    for (const drawing of document.querySelectorAll('svg')) {
      const frame = drawing.getBoundingClientRect();
      const labels = [...drawing.querySelectorAll('text')]
        // The box around slanted words says nothing of where they are.
        .filter(
          (each) => isShown(each) && each.textContent?.trim() && !/rotate/.test(each.getAttribute('transform') ?? ''),
        )
        .map((element) => ({ element, text: element.textContent ?? '', rect: element.getBoundingClientRect() }));
      labels.forEach((a, at) => {
        const leaves = a.rect.right > frame.right + 2 || a.rect.left < frame.left - 2;
        if (leaves && getComputedStyle(drawing).overflow !== 'visible') say('cut', a.element, a.text);
        const over = labels.slice(at + 1).find((b) => overlaps(a.rect, b.rect));
        if (over) say(`overlaps "${over.text.slice(0, 40)}"`, a.element, a.text);
      });
    }
    const nameOf = (element: Element): string =>
      element.getAttribute('aria-label') ?? (element.textContent || element.tagName);
    const controls = [...document.querySelectorAll('button, a[href], input, select, textarea, [role="tab"]')]
      .filter((element) => isShown(element) && getComputedStyle(element).pointerEvents !== 'none')
      .map((element) => ({ element, rect: element.getBoundingClientRect() }))
      .filter(({ element, rect }) => rect.width > 4 && rect.height > 4 && cutBy(element, rect) === null);
    const sameField = (a: Element, b: Element): boolean => {
      const field = a.closest('[class*="-wrapper"], label');
      return field !== null && field === b.closest('[class*="-wrapper"], label');
    };
    controls.forEach((a, at) => {
      for (const b of controls.slice(at + 1)) {
        if (!overlaps(a.rect, b.rect) || a.element.contains(b.element) || b.element.contains(a.element)) continue;
        // A control inside another's frame, such as the steps of a number field.
        if (layerOf(a.element) !== layerOf(b.element) || sameField(a.element, b.element)) continue;
        say(`control over "${nameOf(b.element).slice(0, 40)}"`, a.element, nameOf(a.element));
      }
      if (!ground.contains(a.element) || !inWindow(a.rect) || layerOf(a.element) === null) return;
      const [x, y] = [(a.rect.left + a.rect.right) / 2, (a.rect.top + a.rect.bottom) / 2];
      const top = document.elementFromPoint(x, y);
      const isScrolledBelow = top !== null && layerOf(top) !== layerOf(a.element);
      if (top && !isScrolledBelow && !a.element.contains(top) && !top.contains(a.element) && !sameField(a.element, top))
        say(`under "${nameOf(top).slice(0, 40)}"`, a.element, nameOf(a.element));
    });
    for (const each of ground.querySelectorAll('*')) {
      const { clientHeight: height, scrollHeight: content } = each;
      if (height >= 72 || content <= height + 24 || !isShown(each)) continue;
      if (/auto|scroll/.test(getComputedStyle(each).overflowY)) say(`${height} px high`, each, nameOf(each));
    }
    return [...new Set(faults)];
  });
}

/** The places (class i, j or another) that colors in stacks of labels stand for, the lightest first. */
export async function byLightness(parts: Locator): Promise<string[]> {
  const found = await parts.evaluateAll((elements) =>
    elements.map((element) => {
      const rect = element.querySelector('rect');
      const color = rect ? getComputedStyle(rect).fill : getComputedStyle(element).backgroundColor;
      const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
      return { place: element.getAttribute('data-place') ?? '', light: 0.21 * red + 0.72 * green + 0.07 * blue };
    }),
  );
  return [...new Set(found.sort((a, b) => b.light - a.light).map(({ place }) => place))];
}
