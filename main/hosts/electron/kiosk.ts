import type { BrowserWindow } from 'electron';
import { dialog } from 'electron';
import { isDeskPage } from './app-protocol.ts';

export interface KioskParts {
  /** Called when a session takes over the window and when it releases it; the menu depends on it. */
  readonly onChange: (isLocked: boolean) => void;
  readonly log: (error: unknown) => void;
}

/**
 * Locks the window to a labeling session while its page is open: full screen, and closing only through the session, which
 * asks for the researcher's PIN. The lock follows the address of the page, so the page needs no further access to the
 * program. Leaving a session reloads the page, so only a load releases the window; the Back button does not, because the
 * page restores its own address.
 */
export class Kiosk {
  readonly #parts: KioskParts;
  #window: BrowserWindow | undefined;
  #isLocked = false;
  #isDialogOpen = false;

  constructor(parts: KioskParts) {
    this.#parts = parts;
  }

  watch(window: BrowserWindow): void {
    this.#window = window;
    const { webContents } = window;
    webContents.on('did-navigate', (_event, url) => this.#setLocked(isDeskPage(url)));
    webContents.on('did-navigate-in-page', (_event, url, isMainFrame) => {
      if (isMainFrame && isDeskPage(url)) this.#setLocked(true);
    });
    // A crashed page offers no way to leave.
    webContents.on('render-process-gone', () => this.#setLocked(false));
    window.once('closed', () => {
      this.#window = undefined;
      this.#isLocked = false;
    });
  }

  /** Wraps a user's request to quit: while a session is on the screen, it is refused with an explanation. */
  unlessLocked(leave: (event: { preventDefault(): void }) => void): (event: { preventDefault(): void }) => void {
    return (event) => {
      if (!this.#isLocked) return leave(event);
      event.preventDefault();
      void this.#explain().catch(this.#parts.log);
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
