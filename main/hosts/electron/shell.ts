import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserWindow, MessagePortMain, WebContents } from 'electron';
import { app, dialog, ipcMain, Menu, powerMonitor, protocol, session, shell } from 'electron';
import { handedIn } from '../../contract/wire/bridge.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { watchUncaught } from '../../processes/uncaught.ts';
import type { PageLimits } from '../../services/api/base.ts';
import type { LimitedPages } from '../../services/workbench/limited-pages.ts';
import { declareAppScheme, serveApp } from './app-protocol.ts';
import { confinePages, confineSession } from './harden.ts';
import { Leaving, leaveWithSystem } from './leaving.ts';
import type { Work } from './leaving.ts';
import { LimitedWindow } from './limited-window.ts';
import { limitedMenuTemplate, menuTemplate } from './menu.ts';
import { type PortWindow, takePorts } from './page-port.ts';
import { PageWindow } from './page-window.ts';
import { recoverPage } from './recovery.ts';
import { openWindow } from './window.ts';
import { detach } from '../../contract/wire/detach.ts';

/** The program behind the window. */
export interface Program extends Work {
  /** Folder of the database, the blobs and the logs. */
  readonly dataFolder: string;
  /** Answers requests for app:// addresses. */
  respond(request: Request, isLimited: boolean): Promise<Response>;
  /** Pages that the window may be limited to; null: there are none. */
  readonly limitedPages: LimitedPages | null;
  /** Id of the study of such a page; null: there is no page with this token. */
  studyOf(token: string): number | null;
  /** Answers the page's calls. Returns a function that closes the port. @param limits null: every call */
  answer(port: MessagePortMain, limits: PageLimits | null): () => void;
  /** Has the page show an error that nothing handled. */
  noteDefect(error: unknown): void;
}

export interface ShellParts {
  /** Folder of the built program: `main`, `preload` and `renderer` are in it. */
  readonly outFolder: string;
  /** Folder for Chromium's files and the position of the window; never inside the data folder. */
  readonly chromiumFolder: string;
  readonly icon: string;
  /** Called once, when Electron is ready and no other instance runs. */
  readonly open: () => Program;
  readonly log: (error: unknown) => void;
}

/**
 * Runs the desktop program: one process, one window and at most one for a limited page, no unneeded permissions
 * (docs/security.md).
 */
export async function runShell(parts: ShellParts): Promise<void> {
  const { log } = parts;
  app.setName('Boundary Workbench');
  app.setPath('userData', parts.chromiumFolder);
  if (!app.requestSingleInstanceLock()) return app.quit();
  app.enableSandbox();
  declareAppScheme(protocol);
  let window: BrowserWindow | undefined;
  let onOpen = (_from: WebContents, _address: string): void => undefined;
  confinePages(app, (from, address) => onOpen(from, address));
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });

  await app.whenReady();
  try {
    const program = parts.open();
    const leaving = new Leaving(app, program, () => window, log);
    watchUncaught({
      onRejection: (error) => {
        log(error);
        program.noteDefect(error);
      },
      onException: (error) => detach(leaving.afterError(error)),
    });
    let closePort = (): void => undefined;
    const ofPages = {
      onChange: (isLocked: boolean) => setMenu(program.dataFolder, isLocked, log),
      pages: program.limitedPages,
      studyOf: program.studyOf,
      log,
    };
    const limited = new LimitedWindow({ ...ofPages, onLimit: () => closePort(), onLeft: () => undefined });
    const beside = new PageWindow({
      ...ofPages,
      window: { ...parts, packaged: app.isPackaged },
      respond: (request) => program.respond(request, true),
      answer: program.answer,
    });
    onOpen = (from, address) => {
      const token = from === window?.webContents ? limited.mayOpen(address) : null;
      if (token !== null) beside.open(token, handedIn(new URL(address).search));
    };
    const onLeave = limited.unlessLocked(beside.limited.unlessLocked(leaving.onLeave));
    app.on('before-quit', onLeave);
    app.on('window-all-closed', () => detach(leaving.now()));
    leaveWithSystem(leaving, powerMonitor);
    confineSession(session.defaultSession, !app.isPackaged);
    serveApp(protocol, (request) => program.respond(request, limited.limits !== null));
    const take: PortWindow['take'] = (port, address) => {
      closePort();
      closePort = program.answer(port, limited.limitsAt(address));
    };
    takePorts(ipcMain, () => [
      { contents: window?.webContents, take },
      { contents: beside.contents, take: beside.takePort },
    ]);
    setMenu(program.dataFolder, false, log);
    window = showWindow(parts, leaving, onLeave);
    limited.watch(window);
    window.once('closed', () => {
      window = undefined;
    });
  } catch (error) {
    const isUsers = error instanceof UserError;
    log(isUsers ? error.format() : error);
    dialog.showErrorBox('Boundary Workbench cannot start', isUsers ? error.format() : String(error));
    app.exit(1);
  }
}

function showWindow(
  { outFolder, chromiumFolder, icon, log }: ShellParts,
  leaving: Leaving,
  onLeave: Leaving['onLeave'],
): BrowserWindow {
  const statePath = join(chromiumFolder, 'window-state.json');
  const window = openWindow({ outFolder, icon, statePath, packaged: app.isPackaged, log });
  recoverPage(window, log);
  window.on('close', onLeave);
  // Windows shuts down or the user logs off; Windows waits a moment if asked to.
  window.on('query-session-end', (event) => {
    event.preventDefault();
    detach(leaving.now());
  });
  window.on('session-end', () => detach(leaving.now()));
  return window;
}

function setMenu(dataFolder: string, isLimited: boolean, log: (error: unknown) => void): void {
  app.setAboutPanelOptions({
    applicationName: 'Boundary Workbench',
    applicationVersion: app.getVersion(),
    copyright: 'MIT license. What neural networks and people do at the boundary between two classes.',
  });
  const show = (folder: string) => (): void => {
    mkdirSync(folder, { recursive: true });
    shell.openPath(folder).then((problem) => problem && log(new Error(problem)), log);
  };
  const template = menuTemplate({
    platform: process.platform,
    packaged: app.isPackaged,
    openDataFolder: show(dataFolder),
    openLogs: show(join(dataFolder, 'logs')),
    about: () => app.showAboutPanel(),
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(isLimited ? limitedMenuTemplate : template));
}
