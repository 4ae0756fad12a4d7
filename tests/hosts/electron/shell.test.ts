import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildProgram } from './program.ts';
import type { BuiltProgram } from './program.ts';
import type { ElectronStandIn } from './stand-in.ts';
import type { StandInContents } from './stand-in-window.ts';

/** The real main bundle, driven by a stand-in for Electron. The real Electron is not run here. */
describe('the desktop shell', () => {
  let program: BuiltProgram;
  let places: string;
  const started: ElectronStandIn[] = [];

  /** One at a time works in the data folder: the one before is ended first. */
  async function start(prepare?: (electron: ElectronStandIn) => void): Promise<ElectronStandIn> {
    await end();
    const electron = program.startMain(prepare);
    started.push(electron);
    await electron.becomeReady();
    return electron;
  }

  async function end(): Promise<void> {
    for (const electron of started.splice(0)) {
      electron.appEvents.emit('window-all-closed');
      await electron.exited;
    }
  }

  beforeAll(async () => {
    program = await buildProgram();
    places = mkdtempSync(join(tmpdir(), 'shell-'));
    vi.stubEnv('BOUNDARY_DATA', join(places, 'data'));
    vi.stubEnv('BOUNDARY_CACHE', join(places, 'cache'));
  });
  afterAll(async () => {
    await end();
    program.remove();
    rmSync(places, { recursive: true, force: true });
    vi.unstubAllEnvs();
  });

  describe('starting', () => {
    test('sandboxes everything and declares app:// before Electron is ready, and opens nothing before', async () => {
      const electron = program.startMain();
      started.push(electron);
      expect(electron.windows).toHaveLength(0);
      await electron.becomeReady();
      expect(electron.log).toEqual(['enableSandbox', 'registerSchemesAsPrivileged', 'ready']);
      expect(electron.schemes).toEqual([
        {
          scheme: 'app',
          privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
        },
      ]);
      expect(electron.windows).toHaveLength(1);
    });

    test("keeps Chromium's files out of the data folder, and apart for each data folder", async () => {
      const { paths } = await start();
      const userData = paths.get('userData');
      expect(userData).toMatch(new RegExp(`^${join(places, 'cache', 'windows')}.[0-9a-f]{12}$`));
      vi.stubEnv('BOUNDARY_DATA', join(places, 'other'));
      const other = await start();
      expect(other.paths.get('userData')).not.toBe(userData);
      vi.stubEnv('BOUNDARY_DATA', join(places, 'data'));
    });

    test('leaves to the first instance, and focuses its window', async () => {
      const first = await start();
      const second = program.startMain((electron) => {
        electron.firstInstance = false;
      });
      await second.becomeReady();
      expect(second.log).toEqual(['quit', 'ready']);
      expect(second.windows).toHaveLength(0);
      first.window.minimized = true;
      first.appEvents.emit('second-instance');
      expect(first.window.focused).toBe(1);
      expect(first.window.minimized).toBe(false);
    });

    test('says what is wrong where the data folder cannot be opened, and ends', async () => {
      await start();
      // The first one works in it.
      const second = program.startMain();
      await second.becomeReady();
      expect(await second.exited).toBe(1);
      expect(second.errorBoxes).toEqual([expect.stringContaining(join(places, 'data'))]);
      expect(second.windows).toHaveLength(0);
    });

    test('has no developer tools once packaged, neither in the window nor in the menu, nor their files', async () => {
      const roles = ({ menu }: ElectronStandIn) => menu.flatMap(({ submenu = [] }) => submenu.map(({ role }) => role));
      expect(roles(await start())).toContain('toggleDevTools');
      const electron = await start((standIn) => {
        standIn.packaged = true;
      });
      expect(electron.window.options.webPreferences.devTools).toBe(false);
      expect(roles(electron)).not.toContain('toggleDevTools');
      const decide = vi.fn();
      electron.session.call('beforeRequest', { url: 'devtools://devtools/bundled/inspector.html' }, decide);
      expect(decide).toHaveBeenCalledWith({ cancel: true });
    });

    test('has a menu whose items work', async () => {
      const electron = await start();
      expect(electron.menu.map(({ label }) => label)).toEqual(['&File', '&Edit', '&View', '&Help']);
      const items = electron.menu.flatMap(({ submenu = [] }) => submenu);
      expect(items.filter(({ role }) => role).map(({ role }) => role)).toEqual(
        expect.arrayContaining(['quit', 'undo', 'copy', 'paste', 'reload', 'zoomIn', 'togglefullscreen']),
      );
      for (const { click } of items) click?.();
      await vi.waitFor(() => expect(electron.openedPaths).toHaveLength(2), { timeout: 30_000 });
      expect(electron.openedPaths).toEqual([join(places, 'data'), join(places, 'data', 'logs')]);
      expect(electron.log).toContain('showAboutPanel');
    });
  });

  describe('where the window is', () => {
    const stateFile = (electron: ElectronStandIn) => join(electron.paths.get('userData') ?? '', 'window-state.json');

    test('is kept when it closes, maximized or not, in a file that is whole', async () => {
      const first = await start();
      first.window.bounds = { x: 300, y: 200, width: 900, height: 700 };
      first.window.maximized = true;
      first.window.close();
      await first.exited;
      expect(JSON.parse(readFileSync(stateFile(first), 'utf8'))).toEqual({
        bounds: { x: 300, y: 200, width: 900, height: 700 },
        maximized: true,
      });
      expect(readdirSync(first.paths.get('userData') ?? '')).toEqual(['window-state.json']);
      started.length = 0;
      const second = await start();
      expect(second.window.options).toMatchObject({ x: 300, y: 200, width: 900, height: 700 });
      expect(second.window.maximized).toBe(true);
    });

    test('is forgotten where that screen is gone, or the file is damaged', async () => {
      const unplugged = await start((electron) => {
        electron.displays = [{ workArea: { x: -1920, y: 0, width: 1920, height: 1080 } }];
      });
      expect(unplugged.window.options).toMatchObject({ width: 1280, height: 860 });
      expect(unplugged.window.options.x).toBeUndefined();
      const path = stateFile(unplugged);
      await end();
      writeFileSync(path, '{"bounds":{"x":1e99');
      expect((await start()).window.options.x).toBeUndefined();
    });
  });

  describe('the window', () => {
    let electron: ElectronStandIn;
    let contents: StandInContents;

    // Each test asks the same window, and leaves it as it was.
    beforeAll(async () => {
      electron = await start();
      contents = electron.window.webContents;
    });

    test('is isolated, sandboxed and without Node', () => {
      expect(electron.windows[0]?.options.webPreferences).toEqual({
        preload: join(program.folder, 'preload', 'index.cjs'),
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
        devTools: true,
      });
    });

    test('shows our page once it can be seen', () => {
      expect(contents.mainFrame.url).toBe('app://workbench/index.html');
      expect(electron.windows[0]?.shown).toBe(false);
      electron.windows[0]?.emit('ready-to-show');
      expect(electron.windows[0]?.shown).toBe(true);
    });

    test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('%s goes nowhere else', (event) => {
      const go = (url: string) => {
        const preventDefault = vi.fn();
        contents.emit(event, { url, preventDefault });
        return preventDefault.mock.calls.length === 0;
      };
      expect(go('https://example.org/')).toBe(false);
      expect(go('file:///etc/passwd')).toBe(false);
      expect(go('javascript:alert(1)')).toBe(false);
      expect(go('app://elsewhere/index.html')).toBe(false);
      expect(go('app://workbench/files/1/set.html')).toBe(false);
      expect(go('app://workbench/index.html')).toBe(true);
      expect(go('app://workbench/index.html#/studies/quick')).toBe(true);
    });

    test('opens no other window and embeds no page', () => {
      expect(contents.handlers.call('windowOpen', { url: 'https://example.org/' })).toEqual({ action: 'deny' });
      const preventDefault = vi.fn();
      contents.emit('will-attach-webview', { preventDefault });
      expect(preventDefault).toHaveBeenCalledOnce();
    });

    test.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'fullscreen', 'fileSystem'])(
      'gets no permission for %s',
      (permission) => {
        const decide = vi.fn();
        electron.session.call('permissionRequest', contents, permission, decide);
        expect(decide).toHaveBeenCalledWith(false);
        expect(electron.session.call('permissionCheck', contents, permission, 'app://workbench/')).toBe(false);
      },
    );

    test('may copy, where it is our page', () => {
      const ask = () => {
        const decide = vi.fn();
        electron.session.call('permissionRequest', contents, 'clipboard-sanitized-write', decide);
        return decide.mock.calls[0]?.[0];
      };
      expect(ask()).toBe(true);
      const { url } = contents.mainFrame;
      contents.mainFrame.url = 'https://example.org/';
      expect(ask()).toBe(false);
      const check = (origin: string) =>
        electron.session.call('permissionCheck', contents, 'clipboard-sanitized-write', origin);
      expect(check('app://workbench/')).toBe(true);
      expect(check('https://example.org/')).toBe(false);
      contents.mainFrame.url = url;
    });

    test('gets no device and no screen', () => {
      expect(electron.session.call('devicePermission', {})).toBe(false);
      const decide = vi.fn();
      electron.session.call('displayMedia', {}, decide);
      expect(decide).toHaveBeenCalledWith({});
    });

    test.each([
      ['app://workbench/files/3f6a/models.csv', true],
      ['blob:app://workbench/1f0c', true],
      ['app://workbench/index.html', false],
      ['app://workbench/files/../index.html', false],
      ['app://elsewhere/files/1/a.exe', false],
      ['blob:https://example.org/1f0c', false],
      ['https://example.org/a.exe', false],
      ['data:text/html,hello', false],
    ])('download of %s: the user chooses where to %s', (url, allowed) => {
      const preventDefault = vi.fn();
      const setSaveDialogOptions = vi.fn();
      const item = { getURL: () => url, getFilename: () => 'models.csv', setSaveDialogOptions };
      electron.sessionEvents.emit('will-download', { preventDefault }, item);
      expect(preventDefault).toHaveBeenCalledTimes(allowed ? 0 : 1);
      expect(setSaveDialogOptions.mock.calls).toEqual(allowed ? [[{ defaultPath: 'models.csv' }]] : []);
    });

    test.each([
      ['app://workbench/assets/index.js', false],
      ['devtools://devtools/bundled/inspector.html', false],
      ['data:image/png;base64,AAAA', false],
      ['blob:app://workbench/1f0c', false],
      ['blob:https://example.org/1f0c', true],
      ['data:text/html,hello', true],
      ['app://workbench.example.org/', true],
      ['app://user@workbench/', true],
      ['https://example.org/', true],
      ['http://127.0.0.1:80/', true],
      ['file:///etc/passwd', true],
      ['not an address', true],
    ])('request of %s: cancelled %s', (url, cancel) => {
      const decide = vi.fn();
      electron.session.call('beforeRequest', { url }, decide);
      expect(decide).toHaveBeenCalledWith({ cancel });
    });
  });
});
