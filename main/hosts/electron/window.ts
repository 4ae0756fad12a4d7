import { join } from 'node:path';
import type { WebPreferences } from 'electron';
import { BrowserWindow, screen } from 'electron';
import { pageUrl } from './app-protocol.ts';
import { readWindowState, visibleBounds, writeWindowState } from './window-state.ts';

/** Milliseconds without a move or resize after which the position is saved. */
const saveDelay = 500;

export const defaultSize = { width: 1280, height: 860 };

export interface WindowParts {
  /** Folder of the built program. */
  readonly outFolder: string;
  /** Icon, for desktops that take it from the window. */
  readonly icon: string;
  /** File with the saved position of the window. */
  readonly statePath: string;
  readonly packaged: boolean;
  readonly log: (error: unknown) => void;
}

/** Opens the main window at its saved position and shows it once the page is ready. */
export function openWindow(parts: WindowParts): BrowserWindow {
  const saved = readWindowState(parts.statePath);
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const bounds = saved && visibleBounds(saved.bounds, areas);
  const window = new BrowserWindow({
    title: 'Boundary Workbench',
    icon: parts.icon,
    ...(bounds ?? defaultSize),
    minWidth: 640,
    minHeight: 480,
    show: false,
    webPreferences: webPreferences(parts),
  });
  if (saved?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  trackState(window, parts);
  window.loadURL(pageUrl).catch(parts.log);
  return window;
}

/** Turns off everything that the page does not need, including defaults of Electron (docs/security.md). */
export function webPreferences({ outFolder, packaged }: Pick<WindowParts, 'outFolder' | 'packaged'>): WebPreferences {
  return {
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
  };
}

/** Saves the position of the window shortly after each move and when it closes. */
function trackState(window: BrowserWindow, { statePath, log }: WindowParts): void {
  let timer: NodeJS.Timeout | undefined;
  const save = (): void => {
    clearTimeout(timer);
    writeWindowState(statePath, { bounds: window.getNormalBounds(), maximized: window.isMaximized() }, log);
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(save, saveDelay);
  };
  window.on('resize', soon).on('move', soon).on('close', save);
  window.once('closed', () => clearTimeout(timer));
}
