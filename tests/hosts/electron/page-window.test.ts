import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openStorage } from '../../../main/storage/open.ts';
import type { RemoteCalls } from '../../calls.ts';
import { makeSessions } from '../../contributions/desk/make-sessions.ts';
import { addStimuli, screen, studyName } from '../../services/labeling/labeling-helper.ts';
import type { TestLab } from '../../services/lab/lab-helper.ts';
import { loadPage } from './loaded-page.ts';
import { buildProgram, type BuiltProgram } from './program.ts';
import type { StandInPort } from './stand-in-port.ts';
import type { StandInWindow } from './stand-in-window.ts';
import type { ElectronStandIn } from './stand-in.ts';

let program: BuiltProgram;
let electron: ElectronStandIn;
let places: string;
let [token, other] = ['', ''];
let first: { client: RemoteCalls; port: StandInPort };

const page = 'app://workbench/index.html';
const desk = (of = token): string => `${page}#/desk/${of}`;

beforeAll(async () => {
  program = await buildProgram();
  places = mkdtempSync(join(tmpdir(), 'page-window-'));
  const storage = openStorage(join(places, 'data'));
  addStimuli(storage);
  storage.close();
  vi.stubEnv('BOUNDARY_DATA', join(places, 'data'));
  vi.stubEnv('BOUNDARY_CACHE', join(places, 'cache'));
  electron = program.startMain();
  await electron.becomeReady();
  first = load(electron.window, `${page}#/studies/small/labeling`);
  const sessions = await makeSessions({ client: first.client } as unknown as TestLab, 2);
  [token = '', other = ''] = sessions.map((session) => session.token);
  await first.client.desk.setPin({ study: studyName, pin: '4711' });
});
afterAll(async () => {
  electron.powerEvents.emit('shutdown');
  await electron.exited;
  program.remove();
  rmSync(places, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

const load = (window: StandInWindow, url: string) => loadPage(electron, window, url);

/** A page wants to open an address; Electron itself never does. */
const ask = (from: StandInWindow, url: string): void =>
  expect(from.webContents.handlers.call('windowOpen', { url })).toEqual({ action: 'deny' });

/** Windows that are open beside the first one. */
const beside = (): StandInWindow[] => electron.windows.slice(1).filter((window) => !window.destroyed);

/** Opens a session beside the first window. */
function open(of = token, search = ''): StandInWindow & { page: ReturnType<typeof load> } {
  ask(electron.window, desk(of).replace('#', `${search}#`));
  const window = beside()[0] ?? expect.fail('no window was opened');
  return Object.assign(window, { page: load(window, window.webContents.getURL()) });
}

async function leave(window: StandInWindow & { page: ReturnType<typeof load> }, of = token): Promise<void> {
  const { client } = window.page;
  expect(await client.desk.volunteer.checkPin({ token: of, sitting: randomUUID(), pin: '4711' })).toMatchObject({
    ok: true,
  });
  load(window, `${page}#/studies`);
}

test('a session opens beside the first window, whose page, files and port go on', async () => {
  const window = open();
  expect(window.webContents.getURL()).toBe(desk());
  expect(window.options.webPreferences).toEqual({
    ...electron.window.options.webPreferences,
    partition: 'limited',
  });
  expect([window.kiosk, electron.window.kiosk]).toEqual([true, false]);
  const refused = { code: 'FORBIDDEN' };
  const { client } = window.page;
  expect(await client.desk.volunteer.open({ token, sitting: randomUUID(), screen })).toMatchObject({ state: 'ready' });
  await expect(client.desk.volunteer.open({ token: other, sitting: randomUUID(), screen })).rejects.toMatchObject(
    refused,
  );
  await expect(client.desk.board({ study: studyName })).rejects.toMatchObject(refused);
  expect((await first.client.desk.board({ study: studyName })).sessions).toHaveLength(2);
  const image = () => new Request('app://workbench/files/image/a.png');
  const statusOf = async (answered: unknown): Promise<number> => ((await answered) as Response).status;
  expect(await statusOf(electron.partition('limited').protocols.call('app', image()))).toBe(403);
  expect(await statusOf(electron.protocols.call('app', image()))).not.toBe(403);
  const decide = vi.fn();
  electron.partition('limited').handlers.call('beforeRequest', { url: 'https://example.org/' }, decide);
  expect(decide).toHaveBeenCalledWith({ cancel: true });
  await leave(window);
});

test('it closes when it is left, with its port, and only then', async () => {
  const window = open();
  load(window, `${page}#/studies`);
  expect(window.webContents.getURL()).toBe(desk());
  expect(window.close()).toBe(false);
  expect(electron.window.close()).toBe(false);
  const preventDefault = vi.fn();
  electron.appEvents.emit('before-quit', { preventDefault });
  expect(preventDefault).toHaveBeenCalledOnce();
  await vi.waitFor(() => expect(electron.asked.length).toBeGreaterThan(0), { timeout: 30_000 });
  expect(electron.asked[0]).toMatchObject({ message: 'A labeling session is on this screen' });
  window.page = load(window, desk());
  await leave(window);
  expect(window.destroyed).toBe(true);
  await vi.waitFor(() => expect(window.page.port.closed).toBe(true), { timeout: 30_000 });
  const late = load(window, `${page}#/studies`);
  await vi.waitFor(() => expect(late.port.closed).toBe(true), { timeout: 30_000 });
  expect(await first.client.jobs.list({})).toEqual([]);
  expect(electron.log).not.toContain('exit');
});

test('there is one at a time, another session comes after it, and nobody else opens any', async () => {
  for (const url of [`${page}#/studies`, `${page}#/desk/short`, `https://example.org/${desk()}`, 'about:blank', ''])
    ask(electron.window, url);
  expect(beside()).toEqual([]);
  const window = open();
  ask(electron.window, desk(other));
  ask(window, desk(other));
  expect(beside()).toEqual([window]);
  expect(window.focused).toBe(1);
  await leave(window);
  // With the size of the screen that its page has measured.
  const next = open(other, '?handed=5.2');
  expect(next.webContents.getURL()).toBe(`${page}?handed=5.2#/desk/${other}`);
  await leave(next, other);
  // Handed over, the first window opens none.
  load(electron.window, desk());
  ask(electron.window, desk(other));
  expect(beside()).toEqual([]);
});
