import { join } from 'node:path';
import { app, type BrowserWindow, dialog, ipcMain, Menu, protocol, session } from 'electron';
import type { CallHandlers } from '../../contract/calls.ts';
import { UserError } from '../../contract/errors.ts';
import { declareAppScheme, serveApp } from './app-protocol.ts';
import { confinePages, confineSession } from './harden.ts';
import { answerWindow } from './ipc.ts';
import { openWindow } from './window.ts';

export interface ShellParts {
  /** Folder of the built program: `main`, `preload` and `renderer` are in it. */
  readonly outFolder: string;
  /** Where Chromium keeps its own files; never inside the data folder. */
  readonly chromiumFolder: string;
  /** Makes what answers the window's calls; called once, when the program has become the only one. */
  readonly openHandlers: () => CallHandlers | Promise<CallHandlers>;
  readonly log: (error: unknown) => void;
}

/** Runs the desktop program: one process, one window, everything closed that is not needed (docs/security.md). */
export async function runShell(parts: ShellParts): Promise<void> {
  app.setPath('userData', parts.chromiumFolder);
  if (!app.requestSingleInstanceLock()) return app.quit();
  app.enableSandbox();
  declareAppScheme(protocol);
  confinePages(app);

  let window: BrowserWindow | undefined;
  const show = () => {
    window = openWindow(parts.outFolder, app.isPackaged);
    window.once('closed', () => {
      window = undefined;
    });
  };
  app.on('second-instance', () => {
    if (!window) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('window-all-closed', () => app.quit());

  await app.whenReady();
  try {
    const handlers = await parts.openHandlers();
    confineSession(session.defaultSession);
    serveApp(protocol, join(parts.outFolder, 'renderer'));
    answerWindow(ipcMain, handlers, () => window?.webContents, parts.log);
    if (app.isPackaged) Menu.setApplicationMenu(null);
    show();
  } catch (error) {
    parts.log(error);
    dialog.showErrorBox('Boundary Workbench cannot start', error instanceof UserError ? error.format() : String(error));
    app.exit(1);
  }
}
