import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { windowObstacle } from '../../../scripts/desktop.mjs';

describe('what keeps a window from opening', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'desktop-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function installElectron(program: string): void {
    const dist = join(root, 'node_modules', 'electron', 'dist');
    mkdirSync(dist, { recursive: true });
    writeFileSync(join(dist, program), '');
    writeFileSync(join(root, 'node_modules', 'electron', 'path.txt'), program);
  }

  test('Electron is not there, although its package is', () => {
    mkdirSync(join(root, 'node_modules', 'electron'), { recursive: true });
    expect(windowObstacle(root, { DISPLAY: ':0' }, 'linux')).toContain('Electron is not installed');
  });

  test('Electron was removed after it had been installed', () => {
    installElectron('electron');
    rmSync(join(root, 'node_modules', 'electron', 'dist'), { recursive: true });
    expect(windowObstacle(root, { DISPLAY: ':0' }, 'linux')).toContain('Electron is not installed');
  });

  test('there is no display', () => {
    installElectron('electron');
    expect(windowObstacle(root, {}, 'linux')).toContain('no display');
  });

  test('nothing, with X11, with Wayland, and on systems that always have a display', () => {
    installElectron('electron');
    expect(windowObstacle(root, { DISPLAY: ':0' }, 'linux')).toBeUndefined();
    expect(windowObstacle(root, { WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBeUndefined();
    expect(windowObstacle(root, {}, 'darwin')).toBeUndefined();
  });

  test('nothing, with an Electron kept elsewhere', () => {
    const elsewhere = join(root, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'electron.exe'), '');
    expect(windowObstacle(root, { ELECTRON_OVERRIDE_DIST_PATH: elsewhere }, 'win32')).toBeUndefined();
  });
});
