import type { BrowserWindow } from 'electron';
import { dialog } from 'electron';

/** So many crashes within so many milliseconds, and loading the page again is not the answer. */
const crashesAllowed = 2;
const within = 60_000;

const safe = 'Runs that are going go on, and what is stored is safe.';

/** Loads the page again when its process crashed; asks where that does not help, and where the page hangs. */
export function recoverPage(window: BrowserWindow, log: (error: unknown) => void): void {
  const contents = window.webContents;
  let crashes: number[] = [];
  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    log(new Error(`The window's page ended: ${reason} (${exitCode})`));
    const now = Date.now();
    crashes = [...crashes.filter((time) => now - time < within), now];
    if (crashes.length <= crashesAllowed) return contents.reload();
    void askAfterCrashes(window).catch(log);
  });

  let hang: AbortController | undefined;
  window.on('unresponsive', () => {
    if (hang) return;
    hang = new AbortController();
    void askAboutHang(window, hang.signal)
      .catch(log)
      .finally(() => {
        hang = undefined;
      });
  });
  window.on('responsive', () => hang?.abort());
}

async function askAfterCrashes(window: BrowserWindow): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    title: 'Boundary Workbench',
    message: 'The page in this window keeps crashing',
    detail: `${safe} Closing asks about runs that are going.`,
    buttons: ['Load it again', 'Close'],
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
    message: 'The page in this window does not answer',
    detail: safe,
    buttons: ['Wait', 'Load it again'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
    signal,
  });
  // What hangs can't be asked to reload; it is loaded again once its process is gone.
  if (response === 1 && !signal.aborted && !window.isDestroyed()) window.webContents.forcefullyCrashRenderer();
}
