import type { BrowserWindow } from 'electron';
import { dialog } from 'electron';
import { isDeskPage } from './app-protocol.ts';

export interface KioskParts {
  /** Told when a session takes the window, and when it gives it back: which menu there is then. */
  readonly onChange: (isKept: boolean) => void;
  readonly log: (error: unknown) => void;
}

/**
 * Keeps the window to a labeling session for as long as its page is in it: the whole screen, and no way to close it but the
 * session's own, which asks for the researcher's PIN. The page's address tells; the page itself gets no new way to the
 * program. The page is loaded anew when the session is left, so only a load gives the window back: by Back alone, whose
 * address the page puts right itself, nothing changes.
 */
export class Kiosk {
  readonly #parts: KioskParts;
  #window: BrowserWindow | undefined;
  #isKept = false;
  #isTelling = false;

  constructor(parts: KioskParts) {
    this.#parts = parts;
  }

  watch(window: BrowserWindow): void {
    this.#window = window;
    const { webContents } = window;
    webContents.on('did-navigate', (_event, url) => this.#keep(isDeskPage(url)));
    webContents.on('did-navigate-in-page', (_event, url, isMainFrame) => {
      if (isMainFrame && isDeskPage(url)) this.#keep(true);
    });
    // A page that crashed shows no way out.
    webContents.on('render-process-gone', () => this.#keep(false));
    window.once('closed', () => {
      this.#window = undefined;
      this.#isKept = false;
    });
  }

  /** For what would end the program by a user's wish: held back, with a word why, while a session is on the screen. */
  unlessKept(leave: (event: { preventDefault(): void }) => void): (event: { preventDefault(): void }) => void {
    return (event) => {
      if (!this.#isKept) return leave(event);
      event.preventDefault();
      void this.#tell().catch(this.#parts.log);
    };
  }

  #keep(isKept: boolean): void {
    if (isKept === this.#isKept || !this.#window) return;
    this.#isKept = isKept;
    this.#window.setKiosk(isKept);
    this.#parts.onChange(isKept);
  }

  async #tell(): Promise<void> {
    if (this.#isTelling || !this.#window) return;
    this.#isTelling = true;
    await dialog
      .showMessageBox(this.#window, {
        type: 'info',
        title: 'Labeling',
        message: 'A labeling session is on this screen',
        detail: 'The researcher can leave it: with “Researcher” at the bottom right.',
        buttons: ['Go on'],
        noLink: true,
      })
      .finally(() => {
        this.#isTelling = false;
      });
  }
}
