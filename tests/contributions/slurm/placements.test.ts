import { dirname, join } from 'node:path';
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import type { AttemptLine } from '../../../main/contributions/slurm/contract/placement.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { openStorage } from '../../../main/storage/open.ts';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import { classifierTask, environment, newRun } from '../../executors/counting-tasks.ts';
import { temporaryFolder } from '../../training/small-data.ts';

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
  slurmPlacements(storage).take(
    'pack',
    { engine: 'wasm', studyId: null, roles: null, place: 'lab', limit: 1 },
    1,
    noon,
  );
  const clock = (minutes: number): number => noon + minutes * 60_000;
  const lines: AttemptLine[] = [
    { at: clock(10) + ahead, attempt: { environment, engine: 'wasm', job: '1', restart: 0, checkpoint: null } },
    { at: clock(10) + ahead, event: { type: 'started', engine, pid: 1, resumedAt: 0 } },
    { at: clock(20) + ahead, event: { type: 'checkpoint', step: 5, hash: 'a'.repeat(64) } },
    { at: clock(30) + ahead, event: { type: 'stopped', step: 5 } },
  ];
  const replay = (some: AttemptLine[], since: number, now: number) =>
    slurmPlacements(storage).replay(id, 1, some, 1, { since: clock(since), now: clock(now) });
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
  const { runs, blobs } = storage;
  const placements = slurmPlacements(storage);
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

/** Runs that go to the clusters `lab` and `far`, of which packs take some. */
function withRuns(lab: number, far: number) {
  const storage = openStorage(temporaryFolder());
  onTestFinished(() => storage.close());
  const queue = (seed: number, cluster: string): number => {
    const { id } = storage.runs.ensure(newRun(classifierTask(seed)), 1);
    storage.placements.placeRuns([id], cluster);
    return id;
  };
  const ids = {
    lab: Array.from({ length: lab }, (_, n) => queue(n, 'lab')),
    far: Array.from({ length: far }, (_, n) => queue(100 + n, 'far')),
  };
  const take = (pack: string, place: 'lab' | 'far', limit: number, runsPerTask: number, first?: number) =>
    slurmPlacements(storage)
      .take(pack, { engine: 'wasm', studyId: null, roles: null, place, limit }, runsPerTask, 10, first)
      .map((members) => members.map(({ run }) => run));
  const placed = (run: number) => slurmPlacements(storage).get(run);
  return { storage, ids, take, placed };
}

test('a pack takes runs of its cluster, so many a task and numbered from the first, and is known until it is removed', () => {
  const { storage, ids, take, placed } = withRuns(7, 2);
  const [a, b, c, d, e, f, g] = ids.lab;
  expect(take('p1', 'lab', 5, 2)).toEqual([[a, b], [c, d], [e]]);
  expect(take('p2', 'lab', 5, 3, 4)).toEqual([[f, g]]);
  expect(take('p3', 'lab', 5, 3)).toEqual([]);
  expect(take('p4', 'far', 1, 3)).toEqual([[ids.far[0]]]);
  expect(ids.lab.map((run) => [placed(run)?.pack, placed(run)?.task])).toEqual([
    ...[0, 0, 1, 1, 2].map((task) => ['p1', task]),
    ...[4, 4].map((task) => ['p2', task]),
  ]);
  expect(take('p5', 'lab', 9, 1)).toEqual([]);
  expect(slurmPlacements(storage).overPacks('lab')).toEqual([]);
  slurmPlacements(storage).submitted('p1', '77');
  expect(ids.lab.map((run) => [placed(run)?.job, placed(run)?.state])).toEqual([
    ...Array.from({ length: 5 }, () => ['77', 'pending']),
    ...Array.from({ length: 2 }, () => [null, 'packed']),
  ]);
  for (const run of [f, g, ids.far[0]]) slurmPlacements(storage).giveBack(run ?? 0, 'not begun', 20);
  expect([slurmPlacements(storage).overPacks('lab'), slurmPlacements(storage).overPacks('far')]).toEqual([
    ['p2'],
    ['p4'],
  ]);
  slurmPlacements(storage).packRemoved('p2');
  expect([slurmPlacements(storage).overPacks('lab'), slurmPlacements(storage).overPacks('far')]).toEqual([[], ['p4']]);
  // What came back can go again; a second time nothing comes back.
  expect(take('p6', 'lab', 9, 9)).toEqual([[f, g]]);
  expect(slurmPlacements(storage).giveBack(ids.far[0] ?? 0, 'again', 30)).toBe('queued');
});

test('what a cluster says of tasks: new states, those it does not know, and those that it says are over', () => {
  const { storage, ids, take, placed } = withRuns(4, 1);
  take('p1', 'lab', 4, 1);
  take('p2', 'far', 1, 1);
  slurmPlacements(storage).submitted('p1', '7');
  slurmPlacements(storage).submitted('p2', '8');
  const shown = () =>
    [...ids.lab, ...ids.far].map((run) => {
      const { state, reason, node, endsAt, missedSince } = placed(run) ?? expect.fail('not placed');
      return [state, reason, node, endsAt, missedSince];
    });
  const task = (n: number, state: 'running' | 'pending' | 'lost', more: object = {}) => ({
    job: '7',
    task: n,
    state,
    reason: null,
    node: null,
    endsAt: null,
    ...more,
  });
  const untouched = ['pending', null, null, null, null];
  slurmPlacements(storage).observe(
    ['7'],
    [task(0, 'running', { node: 'n1', endsAt: 99 }), task(1, 'pending', { reason: 'Priority' })],
    50,
  );
  expect(shown()).toEqual([
    ['running', null, 'n1', 99, null],
    ['pending', 'Priority', null, null, null],
    // Missed once: it may only be late.
    ...[50, 50].map((at) => ['pending', null, null, null, at]),
    untouched,
  ]);
  // The node stays where the cluster does not name it again; who is missed a second time is lost.
  slurmPlacements(storage).observe(['7'], [task(0, 'running'), task(2, 'lost', { reason: 'TIMEOUT' })], 60);
  expect(shown()).toEqual([
    ['running', null, 'n1', null, null],
    ['pending', null, null, null, 60],
    ['lost', 'TIMEOUT', null, null, 50],
    ['lost', null, null, null, 50],
    untouched,
  ]);
  // A reason of the end stays while the task stays lost, and goes where it is known again.
  slurmPlacements(storage).observe(['7', '9'], [task(3, 'pending')], 70);
  expect(shown()).toEqual([
    ['running', null, 'n1', null, 70],
    ['lost', null, null, null, 60],
    ['lost', 'TIMEOUT', null, null, 50],
    ['pending', null, null, null, null],
    untouched,
  ]);
});

test('a run that began elsewhere in the meantime, and an attempt before the last one, change nothing', () => {
  const { storage, ids, take } = withRuns(2, 0);
  const [run = 0, other = 0] = ids.lab;
  take('p1', 'lab', 2, 1);
  const begun = (restart: number, job: string): AttemptLine => ({
    at: 100,
    attempt: { environment, engine: 'wasm', job, restart, checkpoint: null },
  });
  const replay = (id: number, attempt: number, lines: AttemptLine[], readTo = 5) =>
    slurmPlacements(storage).replay(id, attempt, lines, readTo, { since: 90, now: 200 });
  expect(replay(run, 2, [begun(1, '7')])).toBe('running');
  expect(replay(run, 1, [begun(9, '6')])).toBe('running');
  expect(slurmPlacements(storage).get(run)).toMatchObject({ attempt: 2, readTo: 5, restarts: 1 });
  expect(replay(run, 2, [], 8)).toBe('running');
  // The cluster started it again: the attempt before is lost, and the most restarts count.
  expect(replay(run, 3, [begun(0, '7')], 3)).toBe('running');
  expect(slurmPlacements(storage).get(run)).toMatchObject({ attempt: 3, readTo: 3, restarts: 1 });
  expect(storage.runHistory.attempts(run).map(({ outcome, note }) => [outcome, note])).toEqual([
    ['lost', 'the cluster started it again'],
    [null, null],
  ]);
  expect(storage.runHistory.attempts(run).map((attempt) => attempt.environment.cluster)).toEqual(
    ['7', '7'].map((job) => ({ name: 'lab', job, task: 0 })),
  );
  expect(slurmPlacements(storage).get(other)).toMatchObject({ attempt: 0, readTo: 0, restarts: 0, runState: 'queued' });
  storage.runs.cancel(other, 150);
  expect(replay(other, 1, [begun(0, '7')])).toBe('cancelled');
  expect(slurmPlacements(storage).get(other)).toBeUndefined();
  expect(storage.runHistory.attempts(other)).toEqual([]);
  expect(replay(other, 2, [begun(0, '7')])).toBe('cancelled');
  expect(slurmPlacements(storage).giveBack(run, 'b', 220)).toBe('interrupted');
  expect(slurmPlacements(storage).get(run)).toBeUndefined();
});
