import type { BrowserWindow } from 'electron';
import { dialog } from 'electron';
import { detach } from '../../contract/wire/detach.ts';

/** Crashes within `crashWindow` after which the page is reloaded without asking. */
const crashesAllowed = 2;
/** Milliseconds. */
const crashWindow = 60_000;

const safe = 'Runs continue, and stored data is safe.';

/** Reloads the page after a crash. Asks the user after repeated crashes and when the page hangs. */
export function recoverPage(window: BrowserWindow, log: (error: unknown) => void): void {
  const contents = window.webContents;
  let crashes: number[] = [];
  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    log(new Error(`The window's page ended: ${reason} (${exitCode})`));
    const now = Date.now();
    crashes = [...crashes.filter((time) => now - time < crashWindow), now];
    if (crashes.length <= crashesAllowed) return contents.reload();
    askAfterCrashes(window).catch(log);
  });

  let hang: AbortController | undefined;
  window.on('unresponsive', () => {
    if (hang) return;
    hang = new AbortController();
    detach(
      askAboutHang(window, hang.signal)
        .catch(log)
        .finally(() => {
          hang = undefined;
        }),
    );
  });
  window.on('responsive', () => hang?.abort());
}

async function askAfterCrashes(window: BrowserWindow): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    title: 'Boundary Workbench',
    message: 'The page in this window keeps crashing',
    detail: `${safe} Closing asks about active runs.`,
    buttons: ['Reload', 'Close'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  if (window.isDestroyed()) return;
  if (response === 0) window.webContents.reload();
  else window.close();
}

async function askAboutHang(window: BrowserWindow, signal: AbortSignal): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    title: 'Boundary Workbench',
    message: 'The page in this window does not respond',
    detail: safe,
    buttons: ['Wait', 'Reload'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
    signal,
  });
  // A hanging page cannot reload itself. It is reloaded after its process has been ended.
  if (response === 1 && !signal.aborted && !window.isDestroyed()) window.webContents.forcefullyCrashRenderer();
}
