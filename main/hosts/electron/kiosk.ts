import type { BrowserWindow } from 'electron';
import { dialog } from 'electron';
import type { Desk } from '../../services/api/base.ts';
import { deskSession, deskUrl } from './app-protocol.ts';

/** Milliseconds after a correct PIN in which the page can leave the session. */
const releaseTime = 30_000;

export interface KioskParts {
  /** Called when a session takes over the window and when it releases it; the menu depends on it. */
  readonly onChange: (isLocked: boolean) => void;
  /** Called when the page is limited to a session: ports from before must be closed. */
  readonly onDesk: () => void;
  /** Id of the study of a session; null: there is no such session. */
  readonly studyOf: (session: string) => number | null;
  readonly log: (error: unknown) => void;
}

/** The session that the page of the window is limited to. */
interface WindowDesk extends Desk {
  readonly session: string;
  readonly mayLeave: boolean;
}

/**
 * Locks the window to a labeling session once the page has its address: full screen, no files, and calls of this session
 * only. Closing is refused. The session ends with another load of the page after the program has released it, which it does
 * after the researcher's PIN. Any other load leads back to the session.
 */
export class Kiosk {
  readonly #parts: KioskParts;
  #window: BrowserWindow | undefined;
  #desk: WindowDesk | null = null;
  #isLocked = false;
  #isDialogOpen = false;

  constructor(parts: KioskParts) {
    this.#parts = parts;
  }

  /** What the page is limited to; null: nothing. */
  get desk(): Desk | null {
    return this.#desk;
  }

  /** What a page at this address is limited to from now on. */
  deskAt(address: string): Desk | null {
    this.#enter(address);
    return this.#desk;
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
      this.#desk = null;
      this.#isLocked = false;
    });
  }

  #loaded(url: string): void {
    this.#enter(url);
    if (!this.#desk) return;
    const { session, mayLeave } = this.#desk;
    if (deskSession(url) === session) this.#setLocked(true);
    else if (mayLeave) {
      this.#desk = null;
      this.#setLocked(false);
    } else this.#window?.loadURL(deskUrl(session)).catch(this.#parts.log);
  }

  #enter(url: string): void {
    const session = deskSession(url);
    if (session === null || this.#desk) return;
    this.#desk = windowDesk(session, this.#parts.studyOf(session));
    this.#parts.onDesk();
    this.#setLocked(true);
  }

  /** Wraps a user's request to quit: while a session is on the screen, it is refused with an explanation. */
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
    if (this.#isDialogOpen || !this.#window) return;
    this.#isDialogOpen = true;
    await dialog
      .showMessageBox(this.#window, {
        type: 'info',
        title: 'Labeling',
        message: 'A labeling session is on this screen',
        detail: 'To leave it, the researcher uses “Researcher” at the bottom right.',
        buttons: ['Continue'],
        noLink: true,
      })
      .finally(() => {
        this.#isDialogOpen = false;
      });
  }
}

function windowDesk(session: string, study: number | null): WindowDesk {
  let until = 0;
  return {
    session,
    study,
    isOwn: (token) => token === session,
    // Whoever uses this window can also start the program again, so nobody is kept where there is no PIN to check.
    release: () => {
      until = performance.now() + releaseTime;
    },
    get mayLeave() {
      return performance.now() < until;
    },
  };
}
