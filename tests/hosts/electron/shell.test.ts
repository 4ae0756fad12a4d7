import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildProgram } from './program.ts';
import type { BuiltProgram } from './program.ts';
import type { ElectronStandIn, StandInContents } from './stand-in.ts';

/** The real main bundle, driven by a stand-in for Electron. The real Electron is not run here. */
describe('the desktop shell', () => {
  let program: BuiltProgram;
  let places: string;

  beforeAll(() => {
    program = buildProgram();
    places = mkdtempSync(join(tmpdir(), 'shell-'));
    vi.stubEnv('BOUNDARY_DATA', join(places, 'data'));
    vi.stubEnv('BOUNDARY_CACHE', join(places, 'cache'));
  });
  afterAll(() => {
    program.remove();
    rmSync(places, { recursive: true, force: true });
    vi.unstubAllEnvs();
  });

  describe('starting', () => {
    test('sandboxes everything and declares app:// before Electron is ready, and opens nothing before', async () => {
      const electron = program.startMain();
      expect(electron.windows).toHaveLength(0);
      await electron.becomeReady();
      expect(electron.log).toEqual(['enableSandbox', 'registerSchemesAsPrivileged', 'ready']);
      expect(electron.schemes).toEqual([
        { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
      ]);
      expect(electron.windows).toHaveLength(1);
    });

    test("keeps Chromium's files out of the data folder", () => {
      expect(program.startMain().paths.get('userData')).toBe(join(places, 'cache', 'window'));
    });

    test('leaves to the first instance, and focuses its window', async () => {
      const first = program.startMain();
      await first.becomeReady();
      const second = program.startMain((electron) => {
        electron.firstInstance = false;
      });
      await second.becomeReady();
      expect(second.log).toEqual(['quit', 'ready']);
      expect(second.windows).toHaveLength(0);
      first.appEvents.emit('second-instance');
      expect(first.windows[0]?.focused).toBe(1);
    });

    test('has neither developer tools nor a menu with them once packaged', async () => {
      const electron = program.startMain((standIn) => {
        standIn.packaged = true;
      });
      await electron.becomeReady();
      expect(electron.windows[0]?.options.webPreferences.devTools).toBe(false);
      expect(electron.log).toContain('setApplicationMenu');
    });

    test('quits with its window', async () => {
      const electron = program.startMain();
      await electron.becomeReady();
      electron.windows[0]?.emit('closed');
      electron.appEvents.emit('window-all-closed');
      expect(electron.log.at(-1)).toBe('quit');
    });
  });

  describe('the window', () => {
    let electron: ElectronStandIn;
    let contents: StandInContents;

    beforeEach(async () => {
      electron = program.startMain();
      await electron.becomeReady();
      const [window] = electron.windows;
      if (!window) throw new Error('no window was opened');
      contents = window.webContents;
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
      expect(go('app://workbench/index.html')).toBe(true);
    });

    test('opens no other window and embeds no page', () => {
      expect(contents.handlers.call('windowOpen', { url: 'https://example.org/' })).toEqual({ action: 'deny' });
      const preventDefault = vi.fn();
      contents.emit('will-attach-webview', { preventDefault });
      expect(preventDefault).toHaveBeenCalledOnce();
    });

    test.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'fullscreen'])(
      'gets no permission for %s',
      (permission) => {
        const decide = vi.fn();
        electron.session.call('permissionRequest', contents, permission, decide);
        expect(decide).toHaveBeenCalledWith(false);
        expect(electron.session.call('permissionCheck', contents, permission)).toBe(false);
      },
    );

    test('gets no device, no screen and no download', () => {
      expect(electron.session.call('devicePermission', {})).toBe(false);
      const decide = vi.fn();
      electron.session.call('displayMedia', {}, decide);
      expect(decide).toHaveBeenCalledWith({});
      const preventDefault = vi.fn();
      electron.sessionEvents.emit('will-download', { preventDefault });
      expect(preventDefault).toHaveBeenCalledOnce();
    });

    test.each([
      ['app://workbench/assets/index.js', false],
      ['devtools://devtools/bundled/inspector.html', false],
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
