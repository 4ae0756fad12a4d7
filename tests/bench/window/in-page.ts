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

/**
 * Milliseconds between frames while a chart is zoomed in and out around its middle, and moved sideways, a little in each
 * frame. A frame counts when the curves have been drawn anew for it.
 */
export async function zoomTimes(what: { selector: string; line: string; frames: number }): Promise<number[]> {
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  const area = document.querySelector(what.selector);
  if (!area) throw new Error(`${what.selector} is not there`);
  const drawn = (): string | null => document.querySelector(what.line)?.getAttribute('d') ?? null;
  const { left, top, width, height } = area.getBoundingClientRect();
  const turn = (change: object): void => {
    const at = { bubbles: true, cancelable: true, clientX: left + width / 2, clientY: top + height / 2 };
    area.dispatchEvent(new WheelEvent('wheel', { ...at, ...change }));
  };
  const times: number[] = [];
  let last = await frame();
  for (let count = 0; count < what.frames; count++) {
    const before = drawn();
    const turns = count % 60;
    if (turns < 20) turn({ ctrlKey: true, deltaY: -30 });
    else if (turns < 40) turn({ deltaX: turns < 30 ? 40 : -40 });
    else turn({ ctrlKey: true, deltaY: 25 });
    let now = await frame();
    for (let waited = 0; drawn() === before && waited < 5; waited++) now = await frame();
    times.push(now - last);
    last = now;
  }
  return times;
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
