import { describe, expect, onTestFinished, test } from 'vitest';
import { runKey } from '../../main/domain/plans/identity.ts';
import { openStorage, type Storage } from '../../main/storage/open.ts';
import { classifierTask, generatorTask, newRun } from '../executors/counting-tasks.ts';
import { begin } from '../contributions/archives/full-study.ts';
import { environment, hash, putOnCluster, study } from './records.ts';
import { classifierResult, started } from './run-helper.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { sql, temporaryStorage } from './storage-helper.ts';
import { archivesOf } from '../../main/contributions/archives/storage/archives.ts';

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
    runs.setRank(urgent, 1);
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

  test('the next writer ends what a killed one left running here, at its last sign of life; a cluster keeps its own', () => {
    const folder = temporaryFolder();
    const killed = openStorage(folder, { now: () => 100 });
    const [lost, cancelled] = [1, 2].map((seed) => killed.runs.ensure(newRun(classifierTask(seed)), 1).id);
    const { id: elsewhere } = killed.runs.ensure(newRun(classifierTask(3)), 1);
    for (const id of [lost, cancelled, elsewhere]) {
      expect(killed.runs.claimNext(['wasm'], environment, 100)?.id).toBe(id);
      killed.runs.applyEvent(id ?? 0, { type: 'heartbeat' }, 250);
    }
    killed.runs.cancel(cancelled ?? 0, 260);
    putOnCluster(killed, elsewhere, 'lab');
    // A killed process leaves the database as it is here.
    killed.close();
    const states = (storage: Storage) => storage.runs.list().map(({ id, state }) => [id, state]);
    const reader = openStorage(folder, { readOnly: true });
    const running = [lost, cancelled, elsewhere].map((id) => [id, 'running']);
    expect(states(reader)).toEqual(running);
    reader.close();
    const next = openStorage(folder, { now: () => 1000 });
    onTestFinished(() => next.close());
    expect(states(next)).toEqual([
      [lost, 'interrupted'],
      [cancelled, 'cancelled'],
      [elsewhere, 'running'],
    ]);
    const ends = [lost, cancelled, elsewhere].map((id) => next.runHistory.attempts(id ?? 0).at(-1)?.endedAt);
    expect(ends).toEqual([250, 250, null]);
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

describe('the queue at its limits', () => {
  const none = { queued: 0, running: 0, interrupted: 0, done: 0, failed: 0, cancelled: 0 };

  test('counts are 0 where there is no run, and of the filter’s runs', () => {
    const { runs } = temporaryStorage();
    expect(runs.counts()).toEqual(none);
    const [a, b] = [1, 2].map((seed) => runs.ensure(newRun(classifierTask(seed)), 1).id) as [number, number];
    runs.ensure(newRun(generatorTask(3)), 1);
    runs.cancel(a, 2);
    runs.claimNext(['wasm'], environment, 2);
    expect(runs.counts()).toEqual({ ...none, cancelled: 1, running: 1, queued: 1 });
    expect(runs.counts({ kinds: ['classifier'] })).toEqual({ ...none, cancelled: 1, running: 1 });
    expect(runs.counts({ states: ['running', 'done'] })).toEqual({ ...none, running: 1 });
    expect(runs.counts({ states: [] })).toEqual(none);
    expect([runs.state(a), runs.state(b), runs.state(99), runs.get(99), runs.byKey('x')]).toEqual([
      ...['cancelled', 'running', undefined, undefined, undefined],
    ]);
  });

  test('a run that waits takes each change, and tells of it; one that runs takes none', () => {
    const { runs } = temporaryStorage();
    const old = newRun(classifierTask(1));
    const { id } = runs.ensure(old, 1);
    runs.ensure(newRun(classifierTask(2)), 1);
    let heard = 0;
    runs.onClaimable(() => heard++);
    const change = (to: object, now: number) => {
      const { label, priority, queuedAt } = runs.ensure({ ...old, ...to }, now);
      return [label, priority, queuedAt, heard];
    };
    expect(change({}, 2)).toEqual([old.label, 0, 1, 0]);
    expect(change({ priority: 2 }, 3)).toEqual([old.label, 2, 1, 1]);
    expect(change({ priority: 2, label: 'new' }, 4)).toEqual(['new', 2, 1, 2]);
    runs.claimNext(['wasm'], environment, 5);
    expect(change({ label: 'newer' }, 6)).toEqual(['new', 2, 1, 2]);
    runs.applyEvent(id, { type: 'failed', message: 'no', detail: '' }, 7);
    expect(change({ label: 'newest' }, 8)).toEqual(['newest', 0, 1, 3]);
    runs.retry(id, 9);
    runs.retry(id, 10);
    expect([runs.get(id)?.queuedAt, heard]).toEqual([9, 4]);
    expect(runs.list().map(({ label }) => label)).toEqual(['newest', 'classifier, seed 2']);
  });

  test('a run that has ended is not cancelled once more, and one that is done stays done', () => {
    const { runs } = temporaryStorage();
    const [a, b] = [1, 2].map((seed) => runs.ensure(newRun(classifierTask(seed)), 1).id) as [number, number];
    runs.claimNext(['wasm'], environment, 2);
    runs.applyEvent(a, classifierResult([97.5]), 3);
    runs.cancel(b, 4);
    expect([a, b].map((id) => runs.cancel(id, 5))).toEqual(['done', 'cancelled']);
    expect([a, b].map((id) => runs.get(id)?.endedAt)).toEqual([3, 4]);
    expect([runs.retry(a, 6), runs.get(a)?.queuedAt, runs.cancelRequested()]).toEqual(['done', 1, []]);
  });

  test('an import of a run that another study shows refuses nobody', () => {
    const storage = temporaryStorage();
    const run = newRun(classifierTask(1));
    const { id } = storage.runs.ensure(run, 1);
    const shown = storage.studies.put('small', study(), 1);
    const { key } = archivesOf(storage).run(run.key);
    const { take, incoming } = begin(storage);
    const {
      attempts,
      metrics: _m,
      checkpoints: _c,
      snapshots: _s,
      grids: _g,
      log: _l,
      ...head
    } = archivesOf(storage).run(key);
    take({ kind: 'run', run: head, attempts: attempts.length });
    expect(storage.runs.ensure(run, 2).id).toBe(id);
    storage.studyRuns.link(shown, 'reference', id, null, 3);
    take({ kind: 'links', links: [{ role: 'x', run: key, model: null, linkedAt: 1, replacedAt: null }] });
    expect(storage.runs.ensure(run, 4).id).toBe(id);
    storage.studyRuns.link(incoming.studyId, 'y', storage.runs.ensure(newRun(classifierTask(2)), 5).id, null, 5);
    expect(() => storage.runs.ensure(newRun(classifierTask(2)), 6)).toThrow('An import is storing this run');
  });

  test('goes on where a run began, if that engine is there; together only with runs of that engine', () => {
    const { runs } = temporaryStorage();
    const [a, b, c] = [1, 2, 3].map((seed) => runs.ensure(newRun(classifierTask(seed)), 1).id) as [
      ...[number, number, number],
    ];
    expect(runs.claimNext(['tensorflow', 'wasm'], environment, 2)).toMatchObject({ id: a, engine: 'tensorflow' });
    runs.interrupt(a, 'x', 3);
    const like = runs.claimNext(['wasm', 'tensorflow'], environment, 4) ?? expect.fail();
    expect(like).toMatchObject({ id: a, engine: 'tensorflow' });
    runs.interrupt(a, 'x', 5);
    expect(runs.claimNext(['wasm'], environment, 6)).toMatchObject({ id: a, engine: 'wasm' });
    runs.setRank(b, 1);
    expect(runs.claimNext(['tensorflow'], environment, 7)?.id).toBe(b);
    runs.interrupt(b, 'x', 8);
    // b began on tensorflow, and c nowhere.
    expect(runs.claimSimilar({ ...like, engine: 'wasm' }, environment, 9)?.id).toBe(c);
    expect(runs.claimSimilar({ ...like, engine: 'wasm' }, environment, 9)).toBeNull();
    expect(runs.claimSimilar({ ...like, engine: 'tensorflow' }, environment, 9)?.id).toBe(b);
    expect([a, b, c].map((id) => runs.get(id)?.attempts)).toEqual([3, 2, 1]);
    expect(runs.claimNext([], environment, 10)).toBeNull();
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
    expect(runs.recordCrash(id, { message: 'died', detail: 'tail' }, 1, 5)).toBe('interrupted');
    runs.claimNext(['wasm'], environment, 6);
    expect(runs.recordCrash(id, { message: 'died', detail: 'tail' }, 1, 7)).toBe('failed');
    expect(runs.get(id)?.failure).toEqual({ message: 'died (2 times without progress)', detail: 'tail' });
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
