import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from 'playwright';
import type { ElectronApplication, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { electronBinary, windowObstacle } from '../../../../scripts/desktop.mjs';
import { ensurePage } from '../../../../scripts/setup/page.mjs';
import { repository } from '../../../architecture/tools.ts';

const obstacle = windowObstacle(repository);
if (obstacle) process.stderr.write(`SKIPPED: the window in the real Electron: ${obstacle}\n`);

/** The real Electron, where its program and a display are there. */
describe.skipIf(obstacle !== undefined)('the window in the real Electron', () => {
  let folder: string;
  let app: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    await ensurePage(repository, process.execPath);
    folder = mkdtempSync(join(tmpdir(), 'electron-'));
    const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env as Record<string, string>;
    app = await _electron.launch({
      executablePath: electronBinary(repository) ?? '',
      args: [repository],
      env: {
        ...environment,
        BOUNDARY_DATA: join(folder, 'data'),
        BOUNDARY_CACHE: join(folder, 'cache'),
        BOUNDARY_ENGINE: 'wasm',
      },
    });
    page = await app.firstWindow();
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('starts with one window, at our page', async () => {
    expect(page.url()).toMatch(/^app:\/\/workbench\/index\.html(#|$)/);
    expect(app.windows()).toHaveLength(1);
    await page.getByRole('main').waitFor();
  });

  test('gives the page a port and the paths of dropped files: no Node, no Electron', async () => {
    const given = await page.evaluate(() =>
      ['require', 'process', 'module', 'electron', 'workbench'].filter((k) => k in window),
    );
    expect(given).toEqual([]);
    const desktop = await page.evaluate(() => ({
      names: Object.keys(window.boundaryDesktop ?? {}),
      made: window.boundaryDesktop?.pathForFile(new File(['x'], 'made.png')),
    }));
    expect(desktop).toEqual({ names: ['pathForFile'], made: '' });
    // What the page shows has come through the port.
    await page.getByRole('main').getByRole('button').first().waitFor();
    expect(existsSync(join(folder, 'data', 'workbench.sqlite'))).toBe(true);
  });

  test('has the security settings in force', async () => {
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      return contents.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
    const attempts = await page.evaluate(async () => ({
      evaluates: await Promise.resolve()
        .then(() => new Function('return 1')())
        .then(
          () => 'allowed',
          () => 'refused',
        ),
      fetches: await fetch('https://example.org/').then(
        () => 'allowed',
        () => 'refused',
      ),
      opens: window.open('https://example.org/') === null ? 'refused' : 'allowed',
      notifies: await Notification.requestPermission(),
    }));
    expect(attempts).toEqual({ evaluates: 'refused', fetches: 'refused', opens: 'refused', notifies: 'denied' });
    await page.evaluate(() => window.location.assign('https://example.org/'));
    expect(page.url()).toMatch(/^app:\/\/workbench\//);
  });

  test('a study that was made in it is there after a reload', async () => {
    await page.keyboard.press('Control+K');
    await page
      .getByPlaceholder(/search/i)
      .first()
      .fill('machine');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/machine/);
    await page.reload();
    await page.getByRole('main').waitFor();
    expect(page.url()).toMatch(/#\/machine/);
  });
});
