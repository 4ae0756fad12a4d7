import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { buildProgram } from './program.ts';
import type { BuiltProgram } from './program.ts';
import type { ElectronStandIn } from './stand-in.ts';

let program: BuiltProgram;
let electron: ElectronStandIn;
let places: string;

const page = 'app://workbench/index.html';
const desk = `${page}#/desk/AAAAAAAAAAAAAAAAAAAAAA`;

beforeAll(async () => {
  program = buildProgram();
  places = mkdtempSync(join(tmpdir(), 'kiosk-'));
  vi.stubEnv('BOUNDARY_DATA', join(places, 'data'));
  vi.stubEnv('BOUNDARY_CACHE', join(places, 'cache'));
  electron = program.startMain();
  await electron.becomeReady();
});
afterAll(async () => {
  electron.powerEvents.emit('shutdown');
  await electron.exited;
  program.remove();
  rmSync(places, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

const load = (url: string) => electron.window.webContents.emit('did-navigate', {}, url);
const step = (url: string, isMainFrame = true) =>
  electron.window.webContents.emit('did-navigate-in-page', {}, url, isMainFrame);
const menu = () => electron.menu.map(({ label }) => label);

test('a labeling session has the whole screen, until its page is loaded as another', () => {
  load(`${page}#/studies`);
  expect(electron.window.kiosk).toBe(false);
  step(desk);
  expect(electron.window.kiosk).toBe(true);
  load(desk);
  // Back: the page puts the address right by itself.
  step(`${page}#/studies/small/labeling`);
  expect(electron.window.kiosk).toBe(true);
  step(desk);
  load(`${page}#/studies`);
  expect(electron.window.kiosk).toBe(false);
});

test('only the address of a session of our own page does that, and no frame inside it', () => {
  for (const url of [`${page}#/desk/short`, `${page}#/deskAAAAAAAAAAAAAAAAAAAAAA`, `https://example.org/${desk}`, '']) {
    load(url);
    expect(electron.window.kiosk).toBe(false);
  }
  step(desk, false);
  expect(electron.window.kiosk).toBe(false);
});

test('while it is on, the window does not close and the menu has nothing but sizes; afterwards all is there again', async () => {
  load(desk);
  expect(menu()).toEqual(['&View']);
  expect(electron.menu[0]?.submenu?.map(({ role }) => role)).toEqual(['resetZoom', 'zoomIn', 'zoomOut']);
  expect(electron.window.close()).toBe(false);
  const preventDefault = vi.fn();
  electron.appEvents.emit('before-quit', { preventDefault });
  expect(preventDefault).toHaveBeenCalledOnce();
  await vi.waitFor(() => expect(electron.asked).toHaveLength(1), { timeout: 30_000 });
  expect(electron.asked[0]).toMatchObject({ message: 'A labeling session is on this screen', buttons: ['Continue'] });
  expect(electron.log).not.toContain('exit');
  load(`${page}#/studies`);
  expect(menu()).toEqual(['&File', '&Edit', '&View', '&Help']);
});

test('a page that crashed keeps nobody; loaded again, it does', () => {
  load(desk);
  electron.window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
  expect(electron.window.kiosk).toBe(false);
  load(desk);
  expect(electron.window.kiosk).toBe(true);
});
