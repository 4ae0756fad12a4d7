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

/** What a frame shows: elements, and on canvases so many different images, or texts of one drawing. */
export interface Milestone {
  selector: string;
  /** Elements that must be gone. */
  absent?: string;
  images?: number;
  labels?: number;
}

export interface Milestones {
  hash?: string;
  click?: string;
  first: Milestone;
  content: Milestone;
  complete: Milestone;
}

interface Drawn {
  images: Set<unknown>;
  /** Texts in the font of labels since the canvas was last cleared. */
  labels: number;
}

/** For `addInitScript`, before `milestoneTimes`: counts what is drawn on canvases. */
export function countDrawing(): void {
  const drawn: Drawn = { images: new Set(), labels: 0 };
  (window as unknown as { drawn: Drawn }).drawn = drawn;
  const pen = CanvasRenderingContext2D.prototype;
  const { drawImage, fillText, clearRect } = pen;
  pen.drawImage = function (this: CanvasRenderingContext2D, ...args: unknown[]) {
    drawn.images.add(args[0]);
    return Reflect.apply(drawImage, this, args) as unknown as undefined;
  } as typeof drawImage;
  pen.fillText = function (this: CanvasRenderingContext2D, ...args: Parameters<typeof fillText>) {
    if (this.font.startsWith('600')) drawn.labels += 1;
    Reflect.apply(fillText, this, args);
  };
  pen.clearRect = function (this: CanvasRenderingContext2D, ...args: Parameters<typeof clearRect>) {
    drawn.labels = 0;
    Reflect.apply(clearRect, this, args);
  };
}

/** Milliseconds until the frame with each milestone has been drawn, and the layout shift until the last. */
export async function milestoneTimes({ hash, click, first, content, complete }: Milestones) {
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  const { drawn } = window as unknown as { drawn: Drawn };
  drawn.images.clear();
  const reached = ({ selector, absent, images = 0, labels = 0 }: Milestone): boolean =>
    document.querySelector(selector) !== null &&
    (absent === undefined || document.querySelector(absent) === null) &&
    drawn.images.size >= images &&
    drawn.labels >= labels;
  let shift = 0;
  const shifts = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shift += (entry as unknown as { value: number }).value;
  });
  await frame();
  shifts.observe({ type: 'layout-shift' });
  const began = performance.now();
  if (hash !== undefined) window.location.hash = hash;
  if (click !== undefined) {
    const target = document.querySelector<HTMLElement>(click);
    if (!target) throw new Error(`${click} is not there`);
    target.click();
  }
  const times: number[] = [];
  for (const milestone of [first, content, complete]) {
    while (!reached(milestone)) {
      if (performance.now() - began > 60_000) throw new Error(`${milestone.selector} did not come`);
      await frame();
    }
    // The frame that has it is drawn before the next one begins.
    await frame();
    times.push(performance.now() - began);
  }
  shifts.disconnect();
  return { first: times[0] ?? 0, content: times[1] ?? 0, complete: times[2] ?? 0, shift };
}
