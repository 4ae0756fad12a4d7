import type { BrowserWindow } from 'electron';
import { dialog } from 'electron';
import type { PageLimits } from '../../services/api/base.ts';
import { type LimitedPages, limitedToken } from '../../services/workbench/limited-pages.ts';
import { isPage, pageUrl } from './app-protocol.ts';

/** Milliseconds after its release in which the page can be left. */
const releaseTime = 30_000;

export interface LimitedWindowParts {
  /** Called when a limited page takes over the window and when it releases it; the menu depends on it. */
  readonly onChange: (isLocked: boolean) => void;
  /** Called when the window is limited to a page: ports from before must be closed. */
  readonly onLimit: () => void;
  /** Called when the limits have ended. */
  readonly onLeft: () => void;
  /** Null: there are none. */
  readonly pages: LimitedPages | null;
  /** Id of the study of a page; null: no page has this token. */
  readonly studyOf: (token: string) => number | null;
  readonly log: (error: unknown) => void;
}

/** The page that the window is limited to. */
interface WindowLimits extends PageLimits {
  readonly token: string;
  readonly mayLeave: boolean;
}

/**
 * Locks the window to a limited page once it has its address: full screen, no files, and calls of this page only. Closing
 * is refused. The limits end with another load after the program has released the page. Any other load leads back to it.
 */
export class LimitedWindow {
  readonly #parts: LimitedWindowParts;
  #window: BrowserWindow | undefined;
  #limits: WindowLimits | null = null;
  #isLocked = false;
  #isDialogOpen = false;

  constructor(parts: LimitedWindowParts) {
    this.#parts = parts;
  }

  /** What the page is limited to; null: nothing. */
  get limits(): PageLimits | null {
    return this.#limits;
  }

  /** The token of the page that this window's page asks for in a new window; null: it may not have it. */
  mayOpen(address: string): string | null {
    return this.#limits === null ? this.#tokenIn(address) : null;
  }

  /** What a page at this address is limited to from now on. */
  limitsAt(address: string): PageLimits | null {
    this.#enter(address);
    return this.#limits;
  }

  watch(window: BrowserWindow): void {
    this.#window = window;
    const { webContents } = window;
    webContents.on('did-navigate', (_event, url) => this.#loaded(url));
    webContents.on('did-navigate-in-page', (_event, url, isMainFrame) => {
      if (isMainFrame) this.#enter(url);
    });
    // A crashed page offers no way to leave. Its limits stay.
    webContents.on('render-process-gone', () => this.#setLocked(false));
    window.once('closed', () => {
      this.#window = undefined;
      this.#limits = null;
      this.#isLocked = false;
    });
  }

  #loaded(url: string): void {
    this.#enter(url);
    if (!this.#limits) return;
    const { token, mayLeave } = this.#limits;
    if (this.#tokenIn(url) === token) this.#setLocked(true);
    else if (mayLeave) {
      this.#limits = null;
      this.#setLocked(false);
      this.#parts.onLeft();
    } else this.#window?.loadURL(`${pageUrl}${this.#parts.pages?.address}${token}`).catch(this.#parts.log);
  }

  #enter(url: string): void {
    const token = this.#tokenIn(url);
    if (token === null || this.#limits) return;
    this.#limits = limitsOf(token, this.#parts.studyOf(token));
    this.#parts.onLimit();
    this.#setLocked(true);
  }

  /** The token of the page at an address; null: it is not limited. */
  #tokenIn(address: string): string | null {
    return isPage(address) ? limitedToken(this.#parts.pages, new URL(address).hash) : null;
  }

  /** Wraps a user's request to quit: while a limited page is on the screen, it is refused with an explanation. */
  unlessLocked(leave: (event: { preventDefault(): void }) => void): (event: { preventDefault(): void }) => void {
    return (event) => {
      if (!this.#isLocked) return leave(event);
      event.preventDefault();
      this.#explain().catch(this.#parts.log);
    };
  }

  #setLocked(isLocked: boolean): void {
    if (isLocked === this.#isLocked || !this.#window) return;
    this.#isLocked = isLocked;
    this.#window.setKiosk(isLocked);
    this.#parts.onChange(isLocked);
  }

  async #explain(): Promise<void> {
    const { pages } = this.#parts;
    if (this.#isDialogOpen || !this.#window || !pages) return;
    this.#isDialogOpen = true;
    await dialog
      .showMessageBox(this.#window, {
        type: 'info',
        title: pages.words.title,
        ...pages.words.inWindow,
        buttons: ['Continue'],
        noLink: true,
      })
      .finally(() => {
        this.#isDialogOpen = false;
      });
  }
}

function limitsOf(token: string, study: number | null): WindowLimits {
  let until = 0;
  return {
    token,
    study,
    isOwn: (other) => other === token,
    // Whoever uses this window can also start the program again, so nobody is kept where there is nothing to check.
    release: () => {
      until = performance.now() + releaseTime;
    },
    get mayLeave() {
      return performance.now() < until;
    },
  };
}
