import type { MessagePortMain } from 'electron';
import { BrowserWindow, session } from 'electron';
import { handing } from '../../contract/wire/bridge.ts';
import type { PageLimits } from '../../services/api/base.ts';
import { pageUrl, serveApp } from './app-protocol.ts';
import { confineSession } from './harden.ts';
import { LimitedWindow, type LimitedWindowParts } from './limited-window.ts';
import type { PortWindow } from './page-port.ts';
import { recoverPage } from './recovery.ts';
import { defaultSize, webPreferences, type WindowParts } from './window.ts';

/** Of Chromium's session: in memory, and with no storage of the first window's. */
const partition = 'limited';

interface PageWindowParts extends Omit<LimitedWindowParts, 'onLimit' | 'onLeft'> {
  readonly window: Pick<WindowParts, 'outFolder' | 'icon' | 'packaged'>;
  /** Answers requests for app:// addresses of a limited page. */
  readonly respond: (request: Request) => Promise<Response>;
  /** Answers the calls of its page. Returns a function that closes the port. */
  readonly answer: (port: MessagePortMain, limits: PageLimits) => () => void;
}

/**
 * A second window for a limited page; the first window stays as it is. It has its own session, gets no files, and closes when
 * its page is left. There is one at a time.
 */
export class PageWindow {
  readonly limited: LimitedWindow;
  readonly #parts: PageWindowParts;
  #window: BrowserWindow | undefined;
  #closePort = (): void => undefined;
  #isPrepared = false;

  constructor(parts: PageWindowParts) {
    this.#parts = parts;
    this.limited = new LimitedWindow({
      ...parts,
      onLimit: () => undefined,
      onLeft: () => this.#window?.destroy(),
    });
  }

  get contents(): BrowserWindow['webContents'] | undefined {
    return this.#window?.webContents;
  }

  /** Takes the port of the page, which has no calls but those of its limits. */
  readonly takePort: PortWindow['take'] = (port, address) => {
    this.#closePort();
    const limits = this.limited.limitsAt(address);
    if (limits) this.#closePort = this.#parts.answer(port, limits);
    else port.close();
  };

  /** Opens the page of a token, or shows the window that is open. @param given to the page (`handing`) */
  open(token: string, given: string): void {
    if (this.#window) return this.#window.focus();
    const { window: parts, pages, log } = this.#parts;
    this.#prepare();
    const window = new BrowserWindow({
      title: pages?.words.title ?? '',
      icon: parts.icon,
      ...defaultSize,
      show: false,
      webPreferences: { ...webPreferences(parts), partition },
    });
    this.#window = window;
    recoverPage(window, log);
    window.once('ready-to-show', () => window.show());
    window.on(
      'close',
      this.limited.unlessLocked(() => undefined),
    );
    this.limited.watch(window);
    window.once('closed', () => {
      this.#window = undefined;
      this.#closePort();
    });
    window.loadURL(`${pageUrl}${handing(given)}${pages?.address}${token}`).catch(log);
  }

  #prepare(): void {
    if (this.#isPrepared) return;
    this.#isPrepared = true;
    const own = session.fromPartition(partition);
    confineSession(own, !this.#parts.window.packaged);
    serveApp(own.protocol, this.#parts.respond);
  }
}
