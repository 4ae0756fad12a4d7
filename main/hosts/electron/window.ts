import { join } from 'node:path';
import { BrowserWindow } from 'electron';
import { pageUrl } from './app-protocol.ts';

/** The main window, shown as soon as it has something to show. */
export function openWindow(outFolder: string, packaged: boolean): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Boundary Workbench',
    width: 1180,
    height: 800,
    minWidth: 480,
    minHeight: 400,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload: join(outFolder, 'preload', 'index.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !packaged,
    },
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(pageUrl);
  return window;
}
