import { Window } from 'happy-dom';
import type { ReactNode } from 'react';
import type { Root } from 'react-dom/client';
import { onTestFinished, vi } from 'vitest';

/** Milliseconds between two frames. */
const frame = 16;

/** Of an event; `timeStamp` is by default the time of the page. */
type EventChange = KeyboardEventInit & { timeStamp?: number };

type Browser = globalThis.Window & typeof globalThis;

/** Elements that were brought into view, in order. */
const scrolled: Element[] = [];

/** No other window has the session open. */
class NoChannel {
  onmessage: unknown = null;
  postMessage = (): void => undefined;
  close = (): void => undefined;
}

/** A canvas says as attributes what was drawn on it: of an image its pixels, and where. */
function contextOf(canvas: HTMLCanvasElement): object {
  return {
    drawImage: (image: HTMLCanvasElement, x: number, y: number) => {
      canvas.setAttribute('data-drawn', image.getAttribute('data-pixels') ?? '');
      canvas.setAttribute('data-drawn-at', `${x} ${y}`);
    },
    putImageData: ({ data }: ImageData) => canvas.setAttribute('data-pixels', [...data].join(' ')),
  };
}

/** A window of happy-dom, and what it has no layout or no pixels for. */
function openWindow(): Browser {
  const view = new Window({ url: 'file:///page.html', width: 1280, height: 800 });
  view.devicePixelRatio = 2;
  const browser = view as unknown as Browser;
  browser.HTMLElement.prototype.scrollIntoView = function scrollIntoView() {
    scrolled.push(this);
  };
  Object.assign(browser.HTMLCanvasElement.prototype, {
    getContext(this: HTMLCanvasElement) {
      return contextOf(this);
    },
  });
  return browser;
}

/**
 * A page that one test draws on, in a document without a browser, for tests that run in milliseconds and whose time only
 * passes where they let it (`pass`). Layout, focus by the keyboard and real drawing are for tests in a browser. It is gone
 * when the test is over.
 */
export class SmallPage {
  readonly #window = openWindow();
  readonly document = this.#window.document;
  #root: Root | undefined;
  #act: ((work: () => void | Promise<void>) => Promise<void>) | undefined;

  /** Opens the page and draws on it; sets the clock to 1000 ms. */
  static async open(node: ReactNode): Promise<SmallPage> {
    const page = new SmallPage();
    await page.#begin();
    await page.draw(node);
    return page;
  }

  async #begin(): Promise<void> {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'],
    });
    vi.advanceTimersByTime(1000);
    scrolled.length = 0;
    const { document, HTMLElement, localStorage, sessionStorage, ImageData, FormData } = this.#window;
    const globals = {
      window: this.#window,
      document,
      HTMLElement,
      localStorage,
      sessionStorage,
      ImageData,
      FormData,
      BroadcastChannel: NoChannel,
      IS_REACT_ACT_ENVIRONMENT: true,
      requestAnimationFrame: (callback: (at: number) => void) =>
        setTimeout(() => callback(performance.now()), frame - (performance.now() % frame)),
      cancelAnimationFrame: (timer: ReturnType<typeof setTimeout>) => clearTimeout(timer),
    };
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    const [react, { createRoot }] = [await import('react'), await import('react-dom/client')];
    this.#act = async (work) => {
      await react.act(async () => {
        await work();
      });
    };
    this.#root = createRoot(document.body.appendChild(document.createElement('div')));
    onTestFinished(async () => {
      await this.leave();
      vi.useRealTimers();
      vi.unstubAllGlobals();
    });
  }

  /** Draws on the page, or draws it anew. */
  draw = (node: ReactNode): Promise<void> => this.do(() => this.#root?.render(node));

  /** Does something at the page, and waits for what that changes at once. */
  do = async (work: () => void | Promise<void>): Promise<void> => {
    await this.#act?.(work);
  };

  /** Lets milliseconds pass. What is to happen within happens at its time; the page is drawn every `step` ms. */
  async pass(milliseconds: number, step = 10): Promise<void> {
    for (let remaining = milliseconds; remaining > 0; remaining -= step) {
      await this.do(async () => {
        await vi.advanceTimersByTimeAsync(Math.min(step, remaining));
      });
    }
  }

  async leave(): Promise<void> {
    const root = this.#root;
    this.#root = undefined;
    if (root) await this.do(() => root.unmount());
  }

  get text(): string {
    return this.document.body.textContent;
  }

  /** All elements of a name, in the order of the page. */
  all = <Name extends keyof HTMLElementTagNameMap>(name: Name, within: Element = this.document.body) => [
    ...within.querySelectorAll(name),
  ];

  /** Texts of the buttons that can be pressed. */
  get buttons(): string[] {
    const usable = this.all('button').filter((button) => button.closest('[disabled]') === null);
    return usable.map(({ textContent }) => textContent);
  }

  /** Texts of elements with a role. */
  withRole(role: string): string[] {
    return [...this.document.querySelectorAll(`[role="${role}"]`)].map(({ textContent }) => textContent);
  }

  /** Labels of images, in the order of the page. */
  get images(): string[] {
    return this.all('canvas').map((canvas) => canvas.getAttribute('aria-label') ?? '');
  }

  get lastScrolled(): Element | undefined {
    return scrolled.at(-1);
  }

  async click(text: string): Promise<void> {
    const button = this.all('button').find(({ textContent }) => textContent === text);
    if (!button) throw new Error(`no button ${text} on the page: ${this.text}`);
    await this.dispatch(button, 'click');
  }

  /** Presses a key of the page. Returns whether the page used it. */
  press = (key: string, change: EventChange = {}): Promise<boolean> =>
    this.dispatch(this.document.body, 'keydown', { key, ...change });

  /** Returns whether its own effect was prevented. */
  async dispatch(
    target: EventTarget,
    type: 'click' | 'keydown' | 'submit' | 'blur' | 'focus',
    { timeStamp = performance.now(), ...init }: EventChange = {},
  ): Promise<boolean> {
    const { Event, KeyboardEvent, MouseEvent } = this.#window;
    const Kind = { click: MouseEvent, keydown: KeyboardEvent, submit: Event, blur: Event, focus: Event }[type];
    const event = new Kind(type, { bubbles: true, cancelable: true, ...init });
    // By itself that of this process.
    Object.defineProperty(event, 'timeStamp', { value: timeStamp });
    await this.do(() => void target.dispatchEvent(event));
    return event.defaultPrevented;
  }

  /** Of the window. */
  dispatchToWindow = (type: 'blur' | 'focus'): Promise<boolean> => this.dispatch(this.#window, type);
}
