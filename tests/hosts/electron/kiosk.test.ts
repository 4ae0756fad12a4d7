import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openStorage } from '../../../main/storage/open.ts';
import type { TestLab } from '../../services/lab/lab-helper.ts';
import { makeSessions } from '../../contributions/desk/make-sessions.ts';
import { addStimuli, screen, studyName } from '../../services/labeling/labeling-helper.ts';
import { loadPage } from './loaded-page.ts';
import { buildProgram } from './program.ts';
import type { BuiltProgram } from './program.ts';
import type { ElectronStandIn } from './stand-in.ts';
import { deskTables } from '../../../main/contributions/desk/storage/tables.ts';

let program: BuiltProgram;
let electron: ElectronStandIn;
let places: string;
let desk: string;
let token: string;

const page = 'app://workbench/index.html';

beforeAll(async () => {
  program = await buildProgram();
  places = mkdtempSync(join(tmpdir(), 'kiosk-'));
  const storage = openStorage(join(places, 'data'));
  addStimuli(storage);
  storage.close();
  vi.stubEnv('BOUNDARY_DATA', join(places, 'data'));
  vi.stubEnv('BOUNDARY_CACHE', join(places, 'cache'));
  electron = program.startMain();
  await electron.becomeReady();
  const { client } = load(page);
  token = (await makeSessions({ client } as unknown as TestLab))[0]?.token ?? '';
  desk = `${page}#/desk/${token}`;
  await client.desk.setPin({ study: studyName, pin: '4711' });
});
afterAll(async () => {
  electron.powerEvents.emit('shutdown');
  await electron.exited;
  program.remove();
  rmSync(places, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

const load = (url: string) => loadPage(electron, electron.window, url);
const step = (url: string, isMainFrame = true) =>
  electron.window.webContents.emit('did-navigate-in-page', {}, url, isMainFrame);
const menu = () => electron.menu.map(({ label }) => label);
const at = () => electron.window.webContents.mainFrame.url;

/** Leaves the session as the page does. */
async function leave(session = token, pin = '4711') {
  const { client } = load(`${page}#/desk/${session}`);
  const checked = await client.desk.volunteer
    .checkPin({ token: session, sitting: randomUUID(), pin })
    .catch((error: unknown) => error);
  return { checked, ...load(`${page}#/studies`) };
}

test('a labeling session has the whole screen until the PIN was given, whatever is loaded', async () => {
  load(`${page}#/studies`);
  expect(electron.window.kiosk).toBe(false);
  step(desk);
  expect(electron.window.kiosk).toBe(true);
  load(desk);
  // Back: the page puts the address right by itself.
  step(`${page}#/studies/small/labeling`);
  expect(electron.window.kiosk).toBe(true);
  step(desk);
  for (const url of [`${page}#/studies`, `${page}#/desk/AAAAAAAAAAAAAAAAAAAAAA`, page]) {
    load(url);
    expect(electron.window.kiosk).toBe(true);
    expect(at()).toBe(desk);
  }
  expect((await leave(token, '1111')).checked).toMatchObject({ ok: false });
  expect(electron.window.kiosk).toBe(true);
  expect((await leave()).checked).toMatchObject({ ok: true });
  expect(electron.window.kiosk).toBe(false);
});

test('the port of the page makes the calls of its session only, until the PIN was given', async () => {
  const before = load(`${page}#/studies`);
  expect(await before.client.jobs.list({})).toEqual([]);
  step(desk);
  await vi.waitFor(() => expect(before.port.closed).toBe(true), { timeout: 30_000 });
  const refused = { code: 'FORBIDDEN' };
  // Wherever somebody leads the page.
  for (const url of [desk, `${page}#/studies`, page]) {
    const { client } = load(url);
    await expect(client.jobs.list({})).rejects.toMatchObject(refused);
    await expect(client.desk.board({ study: 'small' })).rejects.toMatchObject(refused);
    const { open } = client.desk.volunteer;
    expect(await open({ token, sitting: randomUUID(), screen })).toMatchObject({ state: 'ready' });
    await expect(open({ token: 'A'.repeat(22), sitting: randomUUID(), screen })).rejects.toMatchObject(refused);
  }
  const file = (await electron.protocols.call('app', new Request('app://workbench/files/image/a.png'))) as Response;
  expect(file.status).toBe(403);
  const after = await leave();
  expect(await after.client.jobs.list({})).toEqual([]);
});

test('a session that does not exist holds nobody', async () => {
  const { checked, client } = await leave('A'.repeat(22), '');
  expect(checked).toMatchObject({ code: 'REFUSED', data: { code: 'labeling.no-session' } });
  expect(electron.window.kiosk).toBe(false);
  expect(await client.jobs.list({})).toEqual([]);
});

test('a session that was removed is left by the PIN of its study', async () => {
  const { client } = load(`${page}#/studies`);
  const session = (await makeSessions({ client } as unknown as TestLab))[0];
  if (!session) throw new Error('no session');
  const own = `${page}#/desk/${session.token}`;
  load(own);
  const storage = openStorage(join(places, 'data'), { beside: true });
  deskTables(storage).sessions.remove(session.id);
  storage.close();
  expect((await leave(session.token, '')).checked).toMatchObject({ ok: false });
  expect(electron.window.kiosk).toBe(true);
  expect((await leave(session.token)).checked).toMatchObject({ ok: true });
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
  await leave();
  expect(menu()).toEqual(['&File', '&Edit', '&View', '&Help']);
});

test('a page that crashed keeps nobody; loaded again, it does', async () => {
  load(desk);
  electron.window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
  expect(electron.window.kiosk).toBe(false);
  load(desk);
  expect(electron.window.kiosk).toBe(true);
  await leave();
});
