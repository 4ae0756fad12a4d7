import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { buildProgram } from './program.ts';
import type { BuiltProgram } from './program.ts';
import type { ElectronStandIn } from './stand-in.ts';

let program: BuiltProgram;
let electron: ElectronStandIn;
let places: string;

beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());

beforeEach(async () => {
  places = mkdtempSync(join(tmpdir(), 'recovery-'));
  vi.stubEnv('BOUNDARY_DATA', join(places, 'data'));
  vi.stubEnv('BOUNDARY_CACHE', join(places, 'cache'));
  vi.spyOn(console, 'error').mockReturnValue();
  electron = program.startMain();
  await electron.becomeReady();
});
afterEach(async () => {
  vi.useRealTimers();
  electron.appEvents.emit('window-all-closed');
  await electron.exited;
  rmSync(places, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

const crash = (reason = 'crashed'): boolean =>
  electron.window.webContents.emit('render-process-gone', {}, { reason, exitCode: 11 });
const reloads = (): number => electron.window.webContents.reloads;

test('a page that crashed is loaded again; one that crashes again and again asks what to do', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  crash();
  crash('oom');
  expect(reloads()).toBe(2);
  expect(electron.asked).toEqual([]);
  crash();
  await vi.waitFor(() => expect(electron.asked).toHaveLength(1), { timeout: 30_000 });
  expect(electron.asked[0]).toMatchObject({ buttons: ['Reload', 'Close'] });
  // The first button is what the stand-in presses.
  await vi.waitFor(() => expect(reloads()).toBe(3), { timeout: 30_000 });
  // A minute later the crashes before do not count.
  vi.setSystemTime(Date.now() + 61_000);
  crash();
  expect(reloads()).toBe(4);
  expect(electron.asked).toHaveLength(1);
});

test('a page that ended by itself is no crash', () => {
  crash('clean-exit');
  expect(reloads()).toBe(0);
});

test('a page that hangs: the user may wait or have it loaded again; the question goes when it answers', async () => {
  const pressed = Promise.withResolvers<number>();
  electron.answer = () => pressed.promise;
  electron.window.emit('unresponsive');
  electron.window.emit('unresponsive');
  expect(electron.asked).toHaveLength(1);
  electron.window.emit('responsive');
  expect(electron.asked[0]?.signal?.aborted).toBe(true);
  pressed.resolve(1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(electron.window.webContents.crashesForced).toBe(0);

  electron.answer = () => 1;
  electron.window.emit('unresponsive');
  await vi.waitFor(() => expect(electron.window.webContents.crashesForced).toBe(1), { timeout: 30_000 });
  crash('killed');
  expect(reloads()).toBe(1);
});
