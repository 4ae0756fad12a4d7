import { dirname, join } from 'node:path';
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import type { AttemptLine } from '../../main/contract/cluster.ts';
import { at } from '../../main/domain/arrays.ts';
import { openStorage } from '../../main/storage/index.ts';
import { classifierTask, environment, newRun } from '../executors/counting-tasks.ts';
import { temporaryFolder } from '../training/small-data.ts';

const hour = 3600_000;
const engine = { name: 'wasm', versions: {}, device: 'processor' } as const;

/** A run that was given to a cluster at noon, and what an attempt wrote from ten minutes later on, by a node's clock. */
function setUp(ahead: number) {
  const folder = temporaryFolder();
  const storage = openStorage(join(folder, 'data'));
  onTestFinished(() => {
    storage.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const noon = Date.UTC(2026, 0, 1, 12);
  const { id } = storage.runs.ensure(newRun(classifierTask(1)), noon - hour);
  storage.placements.placeRuns([id], 'lab');
  storage.placements.take('pack', { engine: 'wasm', studyId: null, roles: null, place: 'lab', limit: 1 }, 1, noon);
  const clock = (minutes: number): number => noon + minutes * 60_000;
  const lines: AttemptLine[] = [
    { at: clock(10) + ahead, attempt: { environment, engine: 'wasm', job: '1', restart: 0, checkpoint: null } },
    { at: clock(10) + ahead, event: { type: 'started', engine, pid: 1, resumedAt: 0 } },
    { at: clock(20) + ahead, event: { type: 'checkpoint', step: 5, hash: 'a'.repeat(64) } },
    { at: clock(30) + ahead, event: { type: 'stopped', step: 5 } },
  ];
  const replay = (some: AttemptLine[], since: number, now: number) =>
    storage.placements.replay(id, 1, some, 1, { since: clock(since), now: clock(now) });
  const stored = () => {
    const [attempt] = storage.runHistory.attempts(id);
    const [checkpoint] = storage.runHistory.moments(id);
    const minutes = (time: number | null | undefined) => (time ? (time - noon) / 60_000 : null);
    return [attempt?.claimedAt, attempt?.startedAt, checkpoint?.at, attempt?.endedAt].map(minutes);
  };
  return { lines, replay, stored };
}

test('a checkpoint that cannot be read now is not taken for none when a run goes to a cluster', () => {
  const folder = temporaryFolder();
  const storage = openStorage(join(folder, 'data'));
  onTestFinished(() => {
    storage.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { runs, placements, blobs } = storage;
  const { id } = runs.ensure(newRun(classifierTask(1)), 1);
  runs.claimNext(['wasm'], environment, 2);
  const checkpoint = blobs.put(Buffer.from('weights'));
  runs.applyEvents(
    id,
    [
      { type: 'started', engine, pid: 1, resumedAt: 0 },
      { type: 'checkpoint', step: 5, hash: checkpoint },
    ],
    3,
  );
  runs.interrupt(id, 'test', 4);
  placements.placeRuns([id], 'lab');
  const shelf = dirname(blobs.path(checkpoint));
  renameSync(shelf, `${shelf}-kept`);
  symlinkSync(shelf, shelf);
  const wanted = { engine: 'wasm', studyId: null, roles: null, place: 'lab', limit: 1 } as const;
  expect(placements.take('pack', wanted, 1, 5)).toMatchObject([[{ checkpoint }]]);
});

test('what a host reads long after it was written has the times of the node', () => {
  const { lines, replay, stored } = setUp(0);
  replay(lines, 0, 600);
  expect(stored()).toEqual([10, 10, 20, 30]);
});

test.each([-hour, hour])('a clock of the node that is off by %i ms does not show while the host reads', (ahead) => {
  const { lines, replay, stored } = setUp(ahead);
  replay(lines.slice(0, 2), 9.9, 10);
  replay(lines.slice(2, 3), 19.9, 20);
  replay(lines.slice(3), 29.9, 30);
  const late = stored().map((minutes, index) => Math.abs((minutes ?? 0) - at([10, 10, 20, 30], index)));
  expect(Math.max(...late)).toBeLessThan(0.2);
});

test('read later, it moves all times together, to after the run was there and before now', () => {
  const behind = setUp(-hour);
  behind.replay(behind.lines, 0, 600);
  expect(behind.stored()).toEqual([0, 0, 10, 20]);
  const ahead = setUp(hour);
  ahead.replay(ahead.lines, 0, 45);
  expect(ahead.stored()).toEqual([25, 25, 35, 45]);
  const back = setUp(0);
  back.replay([...back.lines.slice(0, 3), { ...at(back.lines, 3), at: 0 }], 0, 600);
  expect(back.stored()).toEqual([10, 10, 20, 20]);
});
