import { join } from 'node:path';
import type { WebPreferences } from 'electron';
import { BrowserWindow, screen } from 'electron';
import { pageUrl } from './app-protocol.ts';
import { readWindowState, visibleBounds, writeWindowState } from './window-state.ts';

/** Milliseconds that the window must stay where it is before its place is kept. */
const settled = 500;

const defaultSize = { width: 1280, height: 860 };

export interface WindowParts {
  /** Folder of the built program. */
  readonly outFolder: string;
  /** Picture of the program, for desktops that take it from the window. */
  readonly icon: string;
  /** File that keeps where the window was. */
  readonly statePath: string;
  readonly packaged: boolean;
  readonly log: (error: unknown) => void;
}

/** The main window, where it was last time, shown as soon as it has something to show. */
export function openWindow(parts: WindowParts): BrowserWindow {
  const kept = readWindowState(parts.statePath);
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const bounds = kept && visibleBounds(kept.bounds, areas);
  const window = new BrowserWindow({
    title: 'Boundary Workbench',
    icon: parts.icon,
    ...(bounds ?? defaultSize),
    minWidth: 640,
    minHeight: 480,
    show: false,
    webPreferences: webPreferences(parts),
  });
  if (kept?.maximised) window.maximize();
  window.once('ready-to-show', () => window.show());
  keepState(window, parts);
  void window.loadURL(pageUrl).catch(parts.log);
  return window;
}

/** Everything that a page does not need is off, also where that is Electron's default (docs/security.md). */
function webPreferences({ outFolder, packaged }: WindowParts): WebPreferences {
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

/** Keeps where the window is, a moment after it was moved and when it closes. */
function keepState(window: BrowserWindow, { statePath, log }: WindowParts): void {
  let timer: NodeJS.Timeout | undefined;
  const keep = (): void => {
    clearTimeout(timer);
    writeWindowState(statePath, { bounds: window.getNormalBounds(), maximised: window.isMaximized() }, log);
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(keep, settled);
  };
  window.on('resize', soon).on('move', soon).on('close', keep);
  window.once('closed', () => clearTimeout(timer));
}
