import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type DesktopBridge, desktopBridge, portChannel, portMessage } from '../../../main/contract/wire/bridge.ts';
import type { WorkbenchClient } from '../../../renderer/client/client.ts';
import { buildProgram } from './program.ts';
import type { BuiltProgram } from './program.ts';
import { portPair } from './stand-in-port.ts';
import type { StandInPort } from './stand-in-port.ts';
import type { ElectronStandIn } from './stand-in.ts';

/** From the page through the real preload and main bundles to a real database. */
describe('the port of the window', () => {
  let program: BuiltProgram;
  let electron: ElectronStandIn;
  let data: string;
  let page: EventTarget & { location: { origin: string } };
  /** What the preload script has sent to main. */
  let sent: { channel: string; message: unknown; ports: unknown[] }[];

  beforeAll(async () => {
    program = await buildProgram();
  });
  afterAll(() => program.remove());

  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'port-'));
    vi.stubEnv('BOUNDARY_DATA', join(data, 'data'));
    vi.stubEnv('BOUNDARY_CACHE', join(data, 'cache'));
    page = Object.assign(new EventTarget(), { location: { origin: 'app://workbench' } });
    vi.stubGlobal('window', page);
    electron = program.startMain();
    await electron.becomeReady();
    sent = [];
    electron.post = (channel, message, ports) => {
      sent.push({ channel, message, ports });
    };
    program.runPreload(electron);
  });
  afterEach(async () => {
    electron.appEvents.emit('window-all-closed');
    await electron.exited;
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
    rmSync(data, { recursive: true, force: true });
  });

  /** Plays `window.postMessage` of the page. */
  function say(message: Partial<{ data: unknown; ports: unknown[]; source: unknown; origin: string }>): void {
    const event = { data: portMessage, ports: [{}], source: page, origin: 'app://workbench', ...message };
    page.dispatchEvent(Object.assign(new Event('message'), event));
  }

  const ownFrame = () => electron.window.webContents.mainFrame;
  const arrive = (ports: StandInPort[], from: { sender?: unknown; senderFrame?: unknown } = {}): void => {
    const event = { sender: electron.window.webContents, senderFrame: ownFrame(), ports, ...from };
    electron.ipc.emit(portChannel, event, null);
  };

  test('reaches main through the preload script, and every call works', async () => {
    const pair = portPair();
    say({ ports: [pair.main] });
    expect(sent).toEqual([{ channel: portChannel, message: null, ports: [pair.main] }]);
    arrive(sent[0]?.ports as StandInPort[]);
    const client: WorkbenchClient = createORPCClient(new RPCLink({ port: pair.page }));
    expect(await client.app.info({})).toMatchObject({ host: 'electron', dataFolder: join(data, 'data') });
    await expect(client.work.start({ study: 'none', goal: 'report' })).rejects.toMatchObject({
      code: 'REFUSED',
      data: { code: 'study.not-found' },
    });
    pair.page.close();
  });

  test('stands beside one function, which tells where a file of the user lies', () => {
    expect([...electron.exposed.keys()]).toEqual([desktopBridge]);
    const desktop = electron.exposed.get(desktopBridge) as DesktopBridge;
    expect(Object.keys(desktop)).toEqual(['pathForFile']);
    const dropped = new File([], 'pets');
    electron.filePaths.set(dropped, '/home/pets');
    const values: unknown[] = [dropped, new File(['x'], 'made.png'), '/etc/passwd', null];
    expect(values.map((value) => desktop.pathForFile(value as File))).toEqual(['/home/pets', '', '', '']);
  });

  test('is all that the page can send, once', () => {
    expect(Object.keys(page)).toEqual(['location']);
    say({ data: 'workbench:call' });
    say({ source: null });
    say({ source: {} });
    say({ origin: 'https://example.org' });
    say({ ports: [] });
    say({ ports: [{}, {}] });
    expect(sent).toEqual([]);
    say({});
    say({});
    expect(sent).toHaveLength(1);
  });

  test('is taken from the main frame of our page in our window only, and closed otherwise', async () => {
    const refused = async (from: object, count = 1): Promise<void> => {
      const pairs = Array.from({ length: count }, portPair);
      arrive(
        pairs.map(({ main }) => main),
        from,
      );
      await vi.waitFor(() => expect(pairs.every(({ main }) => main.closed)).toBe(true), { timeout: 30_000 });
    };
    await refused({ sender: {} });
    await refused({ senderFrame: { url: 'app://workbench/index.html' } });
    await refused({ senderFrame: null });
    await refused({}, 2);
    arrive([]);
    ownFrame().url = 'https://example.org/';
    await refused({});
    ownFrame().url = 'app://workbench/files/1/page.html';
    await refused({});
  });

  test('is not taken any more once the window is closed', async () => {
    electron.window.emit('closed');
    const { main } = portPair();
    arrive([main]);
    await vi.waitFor(() => expect(main.closed).toBe(true), { timeout: 30_000 });
  });

  test('is the only channel that main listens to', () => {
    expect(electron.ipc.eventNames()).toEqual([portChannel]);
  });
});
