import { afterAll, beforeAll, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '../../main/domain/random/random.ts';
import { BlobStore } from '../../main/files/blobs.ts';
import { openStorage } from '../../main/storage/open.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { blobsIn, dump } from './dump.ts';
import type { Dump } from './dump.ts';
import { allGone, startHost } from './host-process.ts';
import type { Host } from './host-process.ts';

let undisturbed: Dump;
const quiet = mkdtempSync(join(tmpdir(), 'boundary-test-'));

beforeAll(async () => {
  expect(await startHost(quiet).ended).toBe(0);
  undisturbed = dump(quiet);
});
afterAll(() => rmSync(quiet, { recursive: true, force: true }));

function expectUndisturbed(folder: string): void {
  const rows = dump(folder);
  expect(rows).toEqual(undisturbed);
  const blobs = new BlobStore(join(folder, 'blobs'));
  for (const hash of blobsIn(rows)) expect(blobs.get(hash)).toEqual(new BlobStore(join(quiet, 'blobs')).get(hash));
}

test('the undisturbed host completes all runs', () => {
  expect(undisturbed.runs).toHaveLength(6);
  expect(undisturbed.runs.every((run) => (run as { state: string }).state === 'done')).toBe(true);
  expect(undisturbed.metrics).toHaveLength(6 * 60);
  expect(undisturbed.checkpoints).toHaveLength(0);
  expect(undisturbed.snapshots).toHaveLength(3 * 2);
  expect(undisturbed.samples).toHaveLength(3 * 3);
  expect(undisturbed.log).toHaveLength(6);
});

/** Milliseconds a step: enough for all kills before the work is done, even on a busy machine. */
const slowly = 20;

/** Of the host, and of workers. */
const mostKills = Number(process.env.BOUNDARY_KILLS ?? 2);

test('the host killed at random moments: the same rows and bytes, and no worker remains', async () => {
  const folder = temporaryFolder();
  const random = randomStream(7, 'kill-host');
  const workers: number[] = [];
  let kills = 0;
  for (let round = 0; round < mostKills; round++) {
    const line = 1 + random.int(70);
    const delay = random.int(15);
    const host = startHost(
      folder,
      (count) => {
        if (count === line) setTimeout(() => host.process.kill('SIGKILL'), delay);
      },
      slowly,
    );
    if ((await host.ended) === 'SIGKILL') kills++;
    workers.push(...host.workers());
  }
  expect(kills).toBe(mostKills);
  const last = startHost(folder);
  expect(await last.ended, last.stderr()).toBe(0);
  await allGone([...workers, ...last.workers()]);
  expectUndisturbed(folder);
});

test('workers killed at random moments: the same rows and bytes', async () => {
  const folder = temporaryFolder();
  const random = randomStream(8, 'kill-worker');
  let next = 1 + random.int(40);
  let kills = 0;
  const host = startHost(
    folder,
    (count, { workers }) => {
      const pid = workers().at(-1 - random.int(2));
      if (count < next || kills === mostKills || pid === undefined) return;
      next = count + 1 + random.int(60);
      if (killed(pid)) kills++;
    },
    slowly,
  );
  expect(await host.ended, host.stderr()).toBe(0);
  expect(kills).toBe(mostKills);
  await allGone(host.workers());
  expectUndisturbed(folder);
});

function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

test('Ctrl-C: host and workers exit by themselves, with checkpoints, and the next start resumes from them', async () => {
  const folder = temporaryFolder();
  let told = false;
  const interrupt = (_: number, { process: { pid }, lines }: Host): void => {
    if (told || !isCounting(lines, 1) || !isCounting(lines, 2) || pid === undefined) return;
    told = true;
    // A terminal sends SIGINT to the whole process group.
    process.kill(-pid, 'SIGINT');
  };
  const host = startHost(folder, interrupt, 50);
  expect(await endedWithin(host, 60_000), host.stderr()).toBe(130);
  await allGone(host.workers());
  const storage = openStorage(folder);
  const stopped = storage.runs.list({ states: ['interrupted'] });
  expect(stopped.length).toBeGreaterThan(0);
  expect(storage.runs.counts().running).toBe(0);
  for (const run of stopped) {
    expect(storage.runHistory.checkpoints(run.id).at(-1)?.step).toBe(run.progress?.done ?? 0);
    expect(storage.runHistory.attempts(run.id).at(-1)).toMatchObject({ outcome: 'stopped' });
  }
  storage.close();
  expect(await startHost(folder).ended).toBe(0);
  // A generator that was stopped has one checkpoint more.
  const { checkpoints: _, ...rows } = dump(folder);
  expect(undisturbed).toMatchObject(rows);
});

function isCounting(lines: readonly string[], run: number): boolean {
  return lines.includes(`run ${run} progress`);
}

/** Sends SIGINT to a host and waits for its end; fails if the host takes too long. */
function endedWithin(host: Host, ms: number): Promise<number | string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(`still there after ${ms} ms`), ms);
  return Promise.race([host.ended, promise]).finally(() => clearTimeout(timer));
}

test('a second host in the same folder is refused with a clear message, and disturbs nothing', async () => {
  const folder = temporaryFolder();
  let second: Host | undefined;
  const first = startHost(
    folder,
    (count) => {
      if (count === 1) second = startHost(folder);
    },
    50,
  );
  expect(await first.ended, first.stderr()).toBe(0);
  expect(await second?.ended).toBe(1);
  expect(second?.stderr()).toContain('in use by another Boundary Workbench');
  expectUndisturbed(folder);
});

test('a host that was stopped (SIGSTOP) for longer than a worker may be silent keeps its workers', async () => {
  const folder = temporaryFolder();
  const host = startHost(
    folder,
    (count) => {
      if (count !== 20) return;
      host.process.kill('SIGSTOP');
      setTimeout(() => host.process.kill('SIGCONT'), 3500);
    },
    slowly,
    // A worker that starts is silent for a second or more on a busy machine.
    3000,
  );
  expect(await host.ended).toBe(0);
  expect(new Set(host.workers()).size).toBe(2);
  expectUndisturbed(folder);
});
