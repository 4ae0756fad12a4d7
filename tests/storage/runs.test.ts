import { existsSync, utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runKey } from '../../main/domain/run-key.ts';
import { timeLeft } from '../../main/storage/index.ts';
import type { Storage } from '../../main/storage/index.ts';
import type { WorkerEvent } from '../../main/contract/run.ts';
import { classifierTask, generatorTask, newRun } from '../executors/counting-tasks.ts';
import { environment, hash, study } from './records.ts';
import { sql, temporaryStorage } from './storage-helper.ts';

const engine = { name: 'wasm' as const, versions: { tfjs: '4' }, device: 'cpu' };
const started: WorkerEvent = { type: 'started', engine, pid: 42, resumedAt: 0 };

function snapshot(target: number, weights = hash(1)) {
  return { target, step: 7, errors: 250, testCount: 10_000, accuracy: 97.5, weights };
}

function classifierResult(targets: number[]): WorkerEvent {
  const snapshots = targets.map((target) => snapshot(target));
  const counts = { steps: 9, looks: 3, fullLooks: 1, imagesLooked: 30, trainMs: 1, lookMs: 1 };
  return { type: 'done', result: { kind: 'classifier', snapshots, missed: [], ...counts } };
}

function running(storage: Storage, task = classifierTask(1)): number {
  const { id } = storage.runs.ensure(newRun(task), 1);
  storage.runs.claimNext(['wasm'], environment, 2);
  return id;
}

describe('the queue', () => {
  test('a run is known by its task and pinned engine, and queued once', () => {
    const { runs } = temporaryStorage();
    const first = runs.ensure(newRun(classifierTask(1)), 1);
    expect(runs.ensure(newRun(classifierTask(1)), 2)).toEqual(first);
    expect(runs.ensure(newRun(classifierTask(1), { engine: 'wasm' }), 3).id).not.toBe(first.id);
    expect(runKey(classifierTask(1), null)).toBe(first.key);
    expect(runs.byKey(first.key)?.task).toEqual(classifierTask(1));
    expect(runs.counts()).toMatchObject({ queued: 2 });
  });

  test('priority first, then age; only on engines that are there', () => {
    const { runs } = temporaryStorage();
    runs.ensure(newRun(classifierTask(1), { engine: 'tensorflow', priority: 9 }), 1);
    const old = runs.ensure(newRun(classifierTask(2)), 1).id;
    const young = runs.ensure(newRun(classifierTask(3)), 1).id;
    const urgent = runs.ensure(newRun(classifierTask(4)), 1).id;
    runs.setPriority(urgent, 1);
    const claimed = [1, 2, 3, 4].map(() => runs.claimNext(['wasm'], environment, 2)?.id);
    expect(claimed).toEqual([urgent, old, young, undefined]);
  });

  test('an interrupted run goes on with the engine it began on, from its newest whole checkpoint', () => {
    const { runs, blobs } = temporaryStorage();
    const { id } = runs.ensure(newRun(generatorTask(1)), 1);
    expect(runs.claimNext(['wasm'], environment, 2)).toMatchObject({ engine: 'wasm', checkpoint: null });
    const whole = blobs.put(Buffer.from('whole'));
    runs.applyEvents(
      id,
      [started, { type: 'checkpoint', step: 10, hash: whole }, { type: 'checkpoint', step: 20, hash: hash(9) }],
      3,
    );
    expect(runs.recover(4)).toEqual([id]);
    expect(runs.claimNext(['tensorflow', 'wasm'], environment, 5)).toMatchObject({
      id,
      engine: 'wasm',
      checkpoint: whole,
    });
  });

  test('listeners hear of runs that became claimable, once it is on disk', () => {
    const { runs, transaction } = temporaryStorage();
    let heard = 0;
    const stopListening = runs.onClaimable(() => heard++);
    transaction(() => {
      runs.ensure(newRun(classifierTask(1)), 1);
      expect(heard).toBe(0);
    });
    expect(heard).toBe(1);
    runs.ensure(newRun(classifierTask(1)), 1);
    expect(heard).toBe(1);
    stopListening();
    runs.ensure(newRun(classifierTask(2)), 1);
    expect(heard).toBe(1);
  });

  test('a run that is still to do follows its files to a new place; one that is done stays as it was', () => {
    const { runs } = temporaryStorage();
    const old = newRun(classifierTask(1));
    const { id } = runs.ensure(old, 1);
    const moved = { ...old, task: classifierTask(1, 80), label: 'moved', priority: 3 };
    expect(runs.ensure(moved, 2)).toMatchObject({ id, label: 'moved', priority: 3, task: moved.task });
    runs.claimNext(['wasm'], environment, 3);
    runs.applyEvent(id, classifierResult([97.5]), 4);
    expect(runs.ensure(old, 5)).toMatchObject({ id, state: 'done', label: 'moved', task: moved.task });
  });

  test('a queue can be limited to what one study asks for', () => {
    const { runs, studies, studyRuns } = temporaryStorage();
    runs.ensure(newRun(classifierTask(1), { priority: 5 }), 1);
    const { id } = runs.ensure(newRun(classifierTask(2)), 1);
    const studyId = studies.put('small', study(), 1);
    studyRuns.link(studyId, 'reference', id, null, 1);
    expect(runs.claimNext(['wasm'], environment, 2, studyId)?.id).toBe(id);
    expect(runs.claimNext(['wasm'], environment, 2, studyId)).toBeNull();
  });

  test('a transaction that fails leaves nothing', () => {
    const { runs, transaction } = temporaryStorage();
    const failing = () =>
      transaction(() => {
        runs.ensure(newRun(classifierTask(1)), 1);
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    expect(runs.list()).toEqual([]);
  });

  test('lists filter by state, kind and study', () => {
    const { runs, studies, studyRuns } = temporaryStorage();
    const a = runs.ensure(newRun(classifierTask(1)), 1).id;
    const b = runs.ensure(newRun(generatorTask(1)), 1).id;
    const studyId = studies.put('small', study(), 1);
    studyRuns.link(studyId, 'generator', b, null, 1);
    runs.cancel(a, 2);
    const ids = (filter: Parameters<typeof runs.list>[0]) => runs.list(filter).map(({ id }) => id);
    expect(ids({ states: ['cancelled'] })).toEqual([a]);
    expect(ids({ kinds: ['generator'] })).toEqual([b]);
    expect(ids({ studyId })).toEqual([b]);
    expect(ids({ states: ['cancelled'], studyId })).toEqual([]);
  });

  test('an unknown run is refused with a remedy', () => {
    const { runs } = temporaryStorage();
    expect(() => runs.cancel(5, 1)).toThrow('There is no such run');
    expect(() => runs.retry(5, 1)).toThrow('There is no such run');
  });
});

describe('events', () => {
  const events: WorkerEvent[] = [
    started,
    { type: 'heartbeat' },
    { type: 'progress', done: 3, total: 10, note: 'training' },
    { type: 'metrics', points: [{ series: 'loss', step: 1, value: 0.5 }] },
    { type: 'checkpoint', step: 5, hash: hash(5) },
    { type: 'snapshot', snapshot: snapshot(97.5) },
    { type: 'samples', step: 5, grid: hash(6), weights: hash(7) },
    { type: 'log', level: 'warn', message: 'the loss rises' },
  ];

  test('each event twice is the same as once', () => {
    const once = temporaryStorage();
    const twice = temporaryStorage();
    for (const storage of [once, twice]) {
      const id = running(storage);
      for (const event of events) {
        storage.runs.applyEvent(id, event, 3);
        if (storage === twice) storage.runs.applyEvent(id, event, 3);
      }
      storage.runs.applyEvent(id, classifierResult([97.5, 98]), 4);
      if (storage === twice) storage.runs.applyEvent(id, classifierResult([97.5, 98]), 4);
    }
    const all = ({ runs, runHistory }: Storage) => [
      runs.get(1),
      runHistory.attempts(1),
      runHistory.metrics(1, 'loss'),
      runHistory.snapshots(1),
      runHistory.sampleGrids(1),
      runHistory.log(1),
    ];
    expect(all(twice)).toEqual(all(once));
    expect(once.runHistory.snapshots(1)).toHaveLength(2);
  });

  test('steps done again after a crash write over what was there', () => {
    const storage = temporaryStorage();
    const id = running(storage);
    for (const value of [0.5, 0.25]) {
      storage.runs.applyEvent(id, { type: 'metrics', points: [{ series: 'loss', step: 1, value }] }, 3);
      storage.runs.applyEvent(id, { type: 'snapshot', snapshot: snapshot(97.5, hash(value * 100)) }, 3);
    }
    expect(storage.runHistory.metrics(id, 'loss')).toEqual([{ step: 1, value: 0.25 }]);
    expect(storage.runHistory.snapshots(id)).toEqual([snapshot(97.5, hash(25))]);
    expect(storage.runHistory.series(id)).toEqual(['loss']);
  });

  test('a run that does not run no longer listens', () => {
    const storage = temporaryStorage();
    const id = running(storage);
    storage.runs.recover(3);
    expect(storage.runs.applyEvent(id, classifierResult([97.5]), 4)).toBe('interrupted');
    expect(storage.runs.get(id)?.result).toBeNull();
  });

  test('a classifier keeps two checkpoints, and none when it is done; files go once they are surely not needed', () => {
    const storage = temporaryStorage();
    const id = running(storage);
    const hashes = [1, 2, 3].map((step) => storage.blobs.put(Buffer.from(`checkpoint ${step}`)));
    hashes.forEach((name, step) => storage.runs.applyEvent(id, { type: 'checkpoint', step, hash: name }, 1000));
    expect(storage.runHistory.checkpoints(id).map(({ step }) => step)).toEqual([1, 2]);
    const files = () => hashes.map((name) => existsSync(storage.blobs.path(name)));
    expect(files()).toEqual([true, true, true]);
    const later = Date.now() + 120_000;
    storage.runs.applyEvent(id, { type: 'snapshot', snapshot: snapshot(97.5, hashes[1]) }, later);
    storage.runs.applyEvent(id, classifierResult([]), later);
    expect(files()).toEqual([false, true, true]);
    storage.runs.recover(later + 120_000);
    expect(files()).toEqual([false, true, false]);
    expect(storage.runHistory.checkpoints(id)).toEqual([]);
  });

  test('a file that a worker has just asked for again is not deleted', () => {
    const storage = temporaryStorage();
    const id = running(storage);
    const name = storage.blobs.put(Buffer.from('shared'));
    const now = Date.now();
    storage.runs.applyEvent(id, { type: 'checkpoint', step: 1, hash: name }, now);
    storage.runs.applyEvent(id, classifierResult([]), now);
    utimesSync(storage.blobs.path(name), new Date(0), new Date(0));
    storage.blobs.put(Buffer.from('shared'));
    storage.runs.recover(now + 59_999);
    expect(existsSync(storage.blobs.path(name))).toBe(true);
  });

  test('a generator keeps all its checkpoints', () => {
    const storage = temporaryStorage();
    const id = running(storage, generatorTask(1));
    for (let step = 0; step < 5; step++) storage.runs.applyEvent(id, { type: 'checkpoint', step, hash: hash(step) }, 3);
    expect(storage.runHistory.checkpoints(id)).toHaveLength(5);
  });

  test('time left follows from the pace of this attempt', () => {
    const storage = temporaryStorage();
    const id = running(storage);
    expect(timeLeft(storage.runs.list()[0] ?? expect.fail(), 3)).toBeNull();
    storage.runs.applyEvent(id, { ...started, resumedAt: 40 }, 1000);
    storage.runs.applyEvent(id, { type: 'progress', done: 60, total: 100, note: '' }, 3000);
    expect(timeLeft(storage.runs.list()[0] ?? expect.fail(), 3000)).toBe(4000);
  });
});

describe('states', () => {
  test('cancel, retry, crash and failure', () => {
    const { runs } = temporaryStorage();
    const { id } = runs.ensure(newRun(classifierTask(1)), 1);
    expect(runs.cancel(id, 2)).toBe('cancelled');
    expect(runs.cancel(id, 2)).toBe('cancelled');
    expect(runs.retry(id, 3)).toBe('queued');
    expect(runs.retry(id, 3)).toBe('queued');
    runs.claimNext(['wasm'], environment, 4);
    expect(runs.crashed(id, { message: 'died', detail: 'tail' }, 1, 5)).toBe('interrupted');
    runs.claimNext(['wasm'], environment, 6);
    expect(runs.crashed(id, { message: 'died', detail: 'tail' }, 1, 7)).toBe('failed');
    expect(runs.get(id)?.failure).toEqual({ message: 'died (2 times without getting on)', detail: 'tail' });
    expect(runs.retry(id, 8)).toBe('queued');
    expect(runs.get(id)).toMatchObject({ failure: null, crashes: 0, attempts: 2 });
    runs.claimNext(['wasm'], environment, 9);
    expect(runs.cancel(id, 10)).toBe('running');
    expect(runs.applyEvent(id, { type: 'stopped', step: 3 }, 11)).toBe('cancelled');
  });

  test.each([
    [
      'a change of state that cannot be',
      'UPDATE run SET state = \'done\', result = \'{"kind":"classifier"}\', ended_at = 1',
    ],
    ['another identity', 'UPDATE run SET seed = 5'],
    ['a result without an end', 'UPDATE run SET result = \'{"kind":"classifier"}\''],
    ['a state that is none', "UPDATE run SET state = 'resting'"],
    ['an engine that is none', "UPDATE run SET ran_on = 'abacus'"],
    ['text for a number', "UPDATE run SET priority = 'high'"],
    ['a metric of no run', "INSERT INTO metric VALUES (99, 'loss', 1, 0.5)"],
  ])('the database itself refuses %s', (_, statement) => {
    const storage = temporaryStorage();
    storage.runs.ensure(newRun(classifierTask(1)), 1);
    expect(() => sql(storage.folder, statement)).toThrow();
  });
});
