import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { callChannel } from '../../../main/contract/calls.ts';
import type { Workbench } from '../../../main/contract/calls.ts';
import { studySchema } from '../../../main/contract/study.ts';
import { openStorage } from '../../../main/storage/index.ts';
import { buildProgram } from './program.ts';
import type { BuiltProgram } from './program.ts';
import type { ElectronStandIn, StandInWindow } from './stand-in.ts';

const study = studySchema.parse({
  schema: 'boundary-workbench/study/1',
  name: 'digits',
  title: 'Digits at the boundary',
  dataSet: { source: 'mnist' },
  generator: null,
  reference: null,
  stimuli: { source: 'imported', path: 'set' },
  models: [{ name: 'MLP1', group: 'diverse', recipe: { architecture: { kind: 'mlp' }, targets: [97.5] } }],
});

/** From the page's bridge through the real preload and main bundles to a real database. */
describe('calls from the window', () => {
  let program: BuiltProgram;
  let electron: ElectronStandIn;
  let window: StandInWindow;
  let data: string;

  beforeAll(() => {
    program = buildProgram();
  });
  afterAll(() => program.remove());

  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'calls-'));
    vi.stubEnv('BOUNDARY_DATA', data);
    vi.stubEnv('BOUNDARY_CACHE', join(data, 'cache'));
    electron = program.startMain();
    await electron.becomeReady();
    const [opened] = electron.windows;
    if (!opened) throw new Error('no window was opened');
    window = opened;
    electron.invoke = async (channel, ...args) => electron.ipc.call(channel, ownEvent(), ...args);
    program.runPreload(electron);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    rmSync(data, { recursive: true, force: true });
  });

  const ownEvent = () => ({ sender: window.webContents, senderFrame: window.webContents.mainFrame });
  const bridge = () => electron.exposed.get('workbench') as Workbench;

  test('the page gets one function and nothing else', () => {
    expect([...electron.exposed.keys()]).toEqual(['workbench']);
    expect(Object.keys(bridge())).toEqual(['call']);
    expect([...electron.ipc.given.keys()]).toEqual([callChannel]);
  });

  test('app.info tells versions and the data folder', async () => {
    expect(await bridge().call('app.info', {})).toEqual({
      ok: true,
      value: {
        version: '0.0.0-stand-in',
        runtime: { electron: 'none', chrome: 'none', node: process.versions.node },
        dataFolder: data,
      },
    });
  });

  test('studies.list is empty in a folder without a database, and makes none', async () => {
    expect(await bridge().call('studies.list', {})).toEqual({ ok: true, value: [] });
    expect(() => openStorage(data, { readOnly: true })).toThrow('no database');
  });

  test('studies.list tells what is stored, while another process holds the folder', async () => {
    const writer = openStorage(data, { now: () => Date.UTC(2026, 0, 2) });
    try {
      writer.studies.put('digits', study, Date.UTC(2026, 0, 2));
      expect(await bridge().call('studies.list', {})).toEqual({
        ok: true,
        value: [
          {
            name: 'digits',
            title: 'Digits at the boundary',
            runs: { queued: 0, running: 0, interrupted: 0, done: 0, failed: 0, cancelled: 0 },
            updatedAt: '2026-01-02T00:00:00.000Z',
            report: null,
          },
        ],
      });
    } finally {
      writer.close();
    }
  });

  test('an error that a person can mend arrives with its parts and without a stack', async () => {
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'workbench.sqlite'), 'this is no database '.repeat(100));
    const answer = await bridge().call('studies.list', {});
    expect(answer).toMatchObject({ ok: false, error: { where: expect.stringContaining(data) } });
    expect(Object.keys(answer.ok ? {} : answer.error).sort()).toEqual(['code', 'remedy', 'what', 'where']);
  });

  test('the bridge refuses what the contract does not have', async () => {
    const call = bridge().call as (name: string, input: unknown) => Promise<unknown>;
    await expect(call('studies.delete', {})).rejects.toThrow();
    await expect(call('toString', {})).rejects.toThrow();
    await expect(call('studies.list', { path: '/etc' })).rejects.toThrow();
  });

  test('main checks again, whatever the page sends', async () => {
    const send = (...args: unknown[]) => electron.ipc.call(callChannel, ownEvent(), ...args);
    const refusal = (code: string) => ({ ok: false, error: expect.objectContaining({ code }) });
    expect(await send('studies.delete', {})).toEqual(refusal('call.unknown'));
    expect(await send('__proto__', {})).toEqual(refusal('call.unknown'));
    expect(await send(undefined)).toEqual(refusal('call.unknown'));
    expect(await send('studies.list')).toEqual(refusal('call.bad-input'));
    expect(await send('studies.list', { more: 1 })).toEqual(refusal('call.bad-input'));
  });

  test('only the main frame of our page in our window is answered', () => {
    const { webContents } = window;
    const refused = (event: object) =>
      expect(() => electron.ipc.call(callChannel, event, 'app.info', {})).toThrow('may not call');
    refused({ sender: {}, senderFrame: webContents.mainFrame });
    refused({ sender: webContents, senderFrame: { url: 'app://workbench/index.html' } });
    refused({ sender: webContents, senderFrame: null });
    webContents.mainFrame.url = 'https://example.org/';
    refused(ownEvent());
  });

  test('nobody is answered once the window is closed', () => {
    window.emit('closed');
    expect(() => electron.ipc.call(callChannel, ownEvent(), 'app.info', {})).toThrow('may not call');
  });
});
