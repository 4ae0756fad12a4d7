import type { ReactNode } from 'react';
import type { Root } from 'react-dom/client';
import { onTestFinished, vi } from 'vitest';

/**
 * As much of a browser’s document as React needs to draw the page of a session, for tests that run in milliseconds and
 * whose time only passes where they let it. Layout, focus by the keyboard and real drawing are for tests in a browser.
 */

type Listener = (event: PageEvent) => void;

/** What happens at an element, with all that React and the page read of it. */
export interface PageEvent {
  readonly type: string;
  target: Target | null;
  readonly bubbles: boolean;
  readonly timeStamp: number;
  defaultPrevented: boolean;
  isStopped: boolean;
  preventDefault(): void;
  stopPropagation(): void;
}

class Target {
  readonly #listeners: { type: string; listener: Listener; isCapture: boolean }[] = [];
  parentNode: Place | null = null;

  addEventListener(type: string, listener: Listener, options?: boolean | { capture?: boolean }): void {
    const isCapture = typeof options === 'boolean' ? options : options?.capture === true;
    this.#listeners.push({ type, listener, isCapture });
  }

  removeEventListener(type: string, listener: Listener): void {
    const at = this.#listeners.findIndex((one) => one.type === type && one.listener === listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }

  hear(event: PageEvent, isCapture: boolean): void {
    for (const one of [...this.#listeners]) {
      if (one.type === event.type && one.isCapture === isCapture) one.listener(event);
    }
  }
}

class Place extends Target {
  readonly childNodes: Place[] = [];
  readonly nodeType: number;
  readonly nodeName: string;
  nodeValue: string | null = null;
  ownerDocument: PageDocument | null = null;

  constructor(nodeType: number, nodeName: string) {
    super();
    this.nodeType = nodeType;
    this.nodeName = nodeName;
  }

  get firstChild(): Place | null {
    return this.childNodes[0] ?? null;
  }

  get lastChild(): Place | null {
    return this.childNodes.at(-1) ?? null;
  }

  get nextSibling(): Place | null {
    const all = this.parentNode?.childNodes ?? [];
    return all[all.indexOf(this) + 1] ?? null;
  }

  get textContent(): string {
    return this.nodeValue ?? this.childNodes.map((child) => child.textContent).join('');
  }

  set textContent(text: string) {
    for (const child of [...this.childNodes]) this.removeChild(child);
    const own = this.ownerDocument;
    if (text !== '' && own) this.appendChild(own.createTextNode(text));
  }

  set data(text: string) {
    this.nodeValue = text;
  }

  appendChild(child: Place): Place {
    return this.insertBefore(child, null);
  }

  insertBefore(child: Place, before: Place | null): Place {
    child.parentNode?.removeChild(child);
    this.childNodes.splice(before ? this.childNodes.indexOf(before) : this.childNodes.length, 0, child);
    child.parentNode = this;
    return child;
  }

  removeChild(child: Place): Place {
    this.childNodes.splice(this.childNodes.indexOf(child), 1);
    child.parentNode = null;
    return child;
  }

  contains(other: Place | null): boolean {
    return other !== null && (other === this || this.contains(other.parentNode));
  }
}

export class PageElement extends Place {
  readonly namespaceURI = 'http://www.w3.org/1999/xhtml';
  readonly attributes = new Map<string, string>();
  readonly style: Record<string, unknown> = { setProperty: () => undefined };
  readonly isContentEditable = false;
  /** What somebody typed into this field; React sets and reads `value` itself. */
  typed = '';
  name = '';

  constructor(name: string) {
    super(1, name.toUpperCase());
  }

  get tagName(): string {
    return this.nodeName;
  }

  setAttribute(name: string, value: unknown): void {
    this.attributes.set(name, String(value));
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  /** For the names of elements only. */
  closest(names: string): PageElement | null {
    const isIt = names.split(', ').includes(this.nodeName.toLowerCase());
    return isIt ? this : this.parentNode instanceof PageElement ? this.parentNode.closest(names) : null;
  }

  focus(): void {
    if (this.ownerDocument) this.ownerDocument.activeElement = this;
  }

  scrollIntoView(): void {
    scrolled.push(this);
  }

  getContext(): object {
    return {
      drawImage: (image: PageElement, x: number, y: number) => {
        this.attributes.set('data-drawn', image.getAttribute('data-pixels') ?? '');
        this.attributes.set('data-drawn-at', `${x} ${y}`);
      },
      putImageData: ({ data }: { data: Uint8ClampedArray }) => this.attributes.set('data-pixels', [...data].join(' ')),
    };
  }
}

/** Elements that were brought into view, in order. */
const scrolled: PageElement[] = [];

class PageDocument extends Place {
  readonly documentElement = this.createElement('html');
  readonly body = this.createElement('body');
  activeElement: PageElement = this.body;
  defaultView: object | null = null;
  hidden = false;
  /** React looks for it to know whether there are such events. */
  readonly oninput = null;
  fullscreenElement: PageElement | null = null;

  constructor() {
    super(9, '#document');
    this.appendChild(this.documentElement).appendChild(this.body);
  }

  createElement(name: string): PageElement {
    return this.#own(new PageElement(name));
  }

  createTextNode(text: string): Place {
    const node = this.#own(new Place(3, '#text'));
    node.nodeValue = text;
    return node;
  }

  #own<Kind extends Place>(node: Kind): Kind {
    node.ownerDocument = this;
    return node;
  }
}

const storage = (kept = new Map<string, string>()) => ({
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
});

class Pixels {
  readonly data: Uint8ClampedArray;

  constructor(width: number, height: number) {
    this.data = new Uint8ClampedArray(4 * width * height);
  }
}

/** No other window has the session open. */
class NoChannel {
  onmessage: unknown = null;
  postMessage = (): void => undefined;
  close = (): void => undefined;
}

/** A page that one test draws on; it is gone when the test is over. Time passes with `pass` only. */
export class SmallPage {
  readonly document = new PageDocument();
  readonly #window = new Target();
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
    const { all } = this;
    class Fields {
      readonly #form: PageElement;

      constructor(form: PageElement) {
        this.#form = form;
      }

      get = (name: string): string | null =>
        all('input', this.#form).find((field) => field.name === name)?.typed ?? null;
    }
    const view = Object.assign(this.#window, {
      document: this.document,
      HTMLIFrameElement: class {},
      location: { protocol: 'file:', hash: '' },
      innerWidth: 1280,
      innerHeight: 800,
      devicePixelRatio: 2,
    });
    this.document.defaultView = view;
    const globals = {
      window: view,
      document: this.document,
      HTMLElement: PageElement,
      IS_REACT_ACT_ENVIRONMENT: true,
      localStorage: storage(),
      sessionStorage: storage(),
      ImageData: Pixels,
      BroadcastChannel: NoChannel,
      FormData: Fields,
      requestAnimationFrame: (callback: (at: number) => void) =>
        setTimeout(() => callback(performance.now()), frame - (performance.now() % frame)),
    };
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    const [react, { createRoot }] = [await import('react'), await import('react-dom/client')];
    this.#act = async (work) => {
      await react.act(async () => {
        await work();
      });
    };
    const container = this.document.body.appendChild(this.document.createElement('div'));
    this.#root = createRoot(container as unknown as Element);
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
  all = (name: string, within: PageElement = this.document.body): PageElement[] =>
    within.childNodes.flatMap((child) =>
      child instanceof PageElement
        ? [...(child.nodeName === name.toUpperCase() ? [child] : []), ...this.all(name, child)]
        : [],
    );

  /** Texts of the buttons that can be pressed. */
  get buttons(): string[] {
    return this.all('button')
      .filter((button) => !this.#isDisabled(button))
      .map(({ textContent }) => textContent);
  }

  /** Texts of elements with a role. */
  withRole(role: string): string[] {
    const elements = ['div', 'p', 'span'].flatMap((name) => this.all(name));
    return elements.filter((one) => one.getAttribute('role') === role).map(({ textContent }) => textContent);
  }

  /** Labels of images, in the order of the page. */
  get images(): string[] {
    return this.all('canvas').map((canvas) => canvas.getAttribute('aria-label') ?? '');
  }

  get lastScrolled(): PageElement | undefined {
    return scrolled.at(-1);
  }

  async click(text: string): Promise<void> {
    const button = this.all('button').find(({ textContent }) => textContent === text);
    if (!button) throw new Error(`no button ${text} on the page: ${this.text}`);
    if (!this.#isDisabled(button)) await this.dispatch(button, 'click');
  }

  /** Presses a key of the page. Returns whether the page used it. */
  async press(key: string, change: Partial<KeyboardEvent> = {}): Promise<boolean> {
    return this.dispatch(this.document.body, 'keydown', {
      key,
      code: '',
      repeat: false,
      ctrlKey: false,
      metaKey: false,
      altKey: false,
      isComposing: false,
      ...change,
    });
  }

  /** Returns whether its own effect was prevented. */
  async dispatch(target: Target, type: string, more: object = {}): Promise<boolean> {
    const event: PageEvent = {
      type,
      target,
      bubbles: true,
      timeStamp: performance.now(),
      defaultPrevented: false,
      isStopped: false,
      preventDefault() {
        this.defaultPrevented = true;
      },
      stopPropagation() {
        this.isStopped = true;
      },
      ...more,
    };
    const path: Target[] = [];
    for (let at: Target | null = target; at; at = at.parentNode) path.push(at);
    if (!path.includes(this.#window)) path.push(this.#window);
    await this.do(() => {
      for (const place of path.toReversed()) if (!event.isStopped) place.hear(event, true);
      for (const place of path) if (!event.isStopped) place.hear(event, false);
    });
    return event.defaultPrevented;
  }

  /** Of the window: `blur`, `focus`. */
  dispatchToWindow = (type: string): Promise<boolean> => this.dispatch(this.#window, type);

  #isDisabled(element: PageElement): boolean {
    const { parentNode } = element;
    return element.attributes.has('disabled') || (parentNode instanceof PageElement && this.#isDisabled(parentNode));
  }
}

/** Milliseconds between two frames. */
const frame = 16;
