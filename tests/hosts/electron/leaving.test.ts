import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { portChannel } from '../../../main/contract/wire/bridge.ts';
import { ForkLauncher } from '../../../main/processes/launcher.ts';
import { BlobStore } from '../../../main/files/blobs.ts';
import { Lab } from '../../../main/services/lab/lab.ts';
import { openWorkbench } from '../../../main/services/workbench/workbench.ts';
import { openStorage } from '../../../main/storage/open.ts';
import type { WorkbenchClient } from '../../../renderer/client/client.ts';
import { repository } from '../../architecture/tools.ts';
import { addSmallStudy } from '../../services/lab/lab-helper.ts';
import { removal } from '../../temporary-folder.ts';
import { buildProgram } from './program.ts';
import type { BuiltProgram } from './program.ts';
import { portPair } from './stand-in-port.ts';
import type { ElectronStandIn } from './stand-in.ts';

/** The real main bundle, whose real worker bundles train in processes of their own, as the window's program. */
describe('leaving during a run', () => {
  let program: BuiltProgram;
  let electron: ElectronStandIn;
  let client: WorkbenchClient;
  let places: string;

  beforeAll(async () => {
    program = await buildProgram();
  });
  afterAll(() => program.remove());

  beforeEach(async () => {
    places = mkdtempSync(join(tmpdir(), 'leaving-'));
    vi.stubEnv('BOUNDARY_DATA', join(places, 'data'));
    vi.stubEnv('BOUNDARY_CACHE', join(places, 'cache'));
    vi.stubEnv('BOUNDARY_ENGINE', 'wasm');
    await storeLongStudy(join(places, 'data'));
    electron = program.startMain();
    await electron.becomeReady();
    const pair = portPair();
    const { webContents } = electron.window;
    electron.ipc.emit(portChannel, { sender: webContents, senderFrame: webContents.mainFrame, ports: [pair.main] });
    client = createORPCClient(new RPCLink({ port: pair.page }));
  });
  afterEach(async () => {
    electron.powerEvents.emit('shutdown');
    await electron.exited;
    vi.unstubAllEnvs();
    rmSync(places, removal);
  });

  /** Starts the study, and waits until its worker has trained for a moment. */
  async function startRun(): Promise<void> {
    await client.work.start({ study: 'small', goal: 'models' });
    await vi.waitFor(() => expect(runs()).toEqual([expect.objectContaining({ state: 'running', done: atLeastOne })]), {
      timeout: 120_000,
      interval: 100,
    });
  }

  /** Processes that the real worker bundle runs in. */
  const workers = () =>
    electron.utilities.started.filter(({ modulePath }) => /main-\d+.training.worker.worker\.js$/.test(modulePath));

  const atLeastOne = expect.toSatisfy((done: unknown) => Number(done) > 0);

  function runs(): { state: string; done: number | null }[] {
    const storage = openStorage(join(places, 'data'), { readOnly: true });
    try {
      const id = storage.studies.byName('small')?.id ?? 0;
      return storage.studyRuns.list(id).map(({ runId }) => {
        const run = storage.runs.get(runId);
        if (!run) throw new Error(`there is no run ${runId}`);
        return { state: run.state, done: run.progress?.done ?? null };
      });
    } finally {
      storage.close();
    }
  }

  /** Whether the database knows a checkpoint whose file is there. */
  function hasCheckpoint(): boolean {
    const database = new Database(join(places, 'data', 'workbench.sqlite'), { readonly: true });
    const row = database.prepare('SELECT hash FROM checkpoint').get() as { hash: string } | undefined;
    database.close();
    return row !== undefined && new BlobStore(join(places, 'data', 'blobs')).has(row.hash);
  }

  test('asks first; who keeps working, keeps working', async () => {
    await startRun();
    expect(workers()).toHaveLength(1);
    electron.answer = () => 1;
    expect(electron.window.close()).toBe(false);
    await vi.waitFor(() => expect(electron.asked).toHaveLength(1), { timeout: 120_000 });
    expect(electron.asked[0]).toMatchObject({
      message: 'Runs are active. Stop them and close?',
      buttons: ['Stop and close', 'Keep working'],
      defaultId: 1,
      cancelId: 1,
    });
    const before = runs()[0]?.done ?? 0;
    await vi.waitFor(() => expect(runs()[0]?.done).toBeGreaterThan(before), { timeout: 120_000 });
    expect(electron.log).not.toContain('exit');
  });

  test('who stops: the run checkpoints, its worker leaves, the data folder is closed, and the program ends', async () => {
    await startRun();
    expect(electron.window.close()).toBe(false);
    // Impatient users ask once more.
    electron.appEvents.emit('before-quit', { preventDefault: () => undefined });
    expect(await electron.exited).toBe(0);
    expect(electron.asked).toHaveLength(1);
    expect(runs()).toEqual([{ state: 'interrupted', done: atLeastOne }]);
    expect(hasCheckpoint()).toBe(true);
    expect(workers().map(({ process }) => process.pid)).toEqual([undefined]);
    openStorage(join(places, 'data')).close();
  });

  test('the menu asks as well; a system that goes down does not wait for an answer', async () => {
    await startRun();
    electron.answer = () => new Promise(() => undefined);
    const preventDefault = vi.fn();
    electron.appEvents.emit('before-quit', { preventDefault });
    expect(preventDefault).toHaveBeenCalledOnce();
    await vi.waitFor(() => expect(electron.asked).toHaveLength(1), { timeout: 120_000 });
    electron.powerEvents.emit('shutdown', { preventDefault });
    expect(preventDefault).toHaveBeenCalledTimes(2);
    expect(await electron.exited).toBe(0);
    expect(runs()).toMatchObject([{ state: 'interrupted' }]);
    expect(hasCheckpoint()).toBe(true);
  });

  test('a worker that is killed costs its own moment: the run goes on from its checkpoint', async () => {
    await startRun();
    const [worker] = workers();
    if (!worker?.process.pid) throw new Error('no worker is there');
    process.kill(worker.process.pid, 'SIGKILL');
    await vi.waitFor(() => expect(workers()).toHaveLength(2), { timeout: 120_000 });
    await vi.waitFor(() => expect(runs()).toMatchObject([{ state: 'running' }]), { timeout: 120_000 });
  });

  /** What the program does about errors that nothing handled. Those of the test runner stay. */
  function uncaught(event: 'unhandledRejection' | 'uncaughtException', error: Error): void {
    const own = process.listeners(event as 'uncaughtException').at(-1);
    own?.(error, event);
  }

  test('an error that nothing caught: the run checkpoints, the window says why, and the program ends', async () => {
    vi.spyOn(console, 'error').mockReturnValue();
    await startRun();
    uncaught('unhandledRejection', new Error('a promise that nobody owns'));
    expect((await client.app.info({})).notices).toEqual([expect.stringContaining('a promise that nobody owns')]);
    expect(runs()).toMatchObject([{ state: 'running' }]);
    uncaught('uncaughtException', new Error('thrown where nobody catches'));
    expect(await electron.exited).toBe(1);
    expect(electron.errorBoxes).toEqual([
      expect.stringMatching(/has to close: thrown where nobody catches\n\nStored data/),
    ]);
    expect(console.error).toHaveBeenCalledTimes(2);
    expect(runs()).toEqual([{ state: 'interrupted', done: atLeastOne }]);
    expect(hasCheckpoint()).toBe(true);
  });

  test('without runs nobody is asked', async () => {
    expect(electron.window.close()).toBe(false);
    expect(await electron.exited).toBe(0);
    expect(electron.asked).toEqual([]);
  });
});

/** One model of the small study, with no end in sight. */
async function storeLongStudy(dataFolder: string): Promise<void> {
  const workbench = openWorkbench({ root: repository, resources: join(repository, 'resources'), dataFolder });
  const lab = new Lab({ workbench, launcher: new ForkLauncher(), host: 'test' });
  const recipe = {
    architecture: { kind: 'mlp', hidden: [64] },
    optimiser: { stepSize: 1e-7 },
    batch: 32,
    targets: [99.5],
    tolerance: 0.1,
    maxEpochs: 10_000,
  };
  addSmallStudy({ lab }, { models: [{ name: 'MLP1', group: 'diverse', recipe, seed: 1 }] });
  await lab.close();
}
