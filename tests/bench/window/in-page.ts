/** What is run within the page: each function is complete in itself, as it is sent there as text. */

export interface DrawnWhen {
  /** Where to go, or what to click. */
  hash?: string;
  click?: string;
  /** Waits until `count` such elements exist. */
  selector: string;
  count: number;
}

/** Milliseconds until the frame with all elements has been drawn. */
export async function untilDrawn({ hash, click, selector, count }: DrawnWhen): Promise<number> {
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame();
  const began = performance.now();
  if (hash !== undefined) window.location.hash = hash;
  if (click !== undefined) document.querySelector<HTMLElement>(click)?.click();
  while (document.querySelectorAll(selector).length < count) {
    if (performance.now() - began > 30_000) throw new Error(`${selector} did not come`);
    await frame();
  }
  // The frame that has it is drawn before the next one begins.
  await frame();
  return performance.now() - began;
}

/** Milliseconds between frames while an element is scrolled by `pixels` in each. */
export async function frameTimes(what: { selector: string; pixels: number; frames: number }): Promise<number[]> {
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  const element = document.querySelector(what.selector);
  if (!element) throw new Error(`${what.selector} is not there`);
  const times: number[] = [];
  let last = await frame();
  for (let count = 0; count < what.frames; count++) {
    element.scrollTop += what.pixels;
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  return times;
}
