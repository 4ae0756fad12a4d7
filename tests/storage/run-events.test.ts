import { existsSync, utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { WorkerEvent } from '../../main/contract/runs/run.ts';
import type { Storage } from '../../main/storage/open.ts';
import { generatorTask } from '../executors/counting-tasks.ts';
import { environment, hash } from './records.ts';
import { classifierResult, running, snapshot, started } from './run-helper.ts';
import { temporaryStorage } from './storage-helper.ts';

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

  test('the trend at a snapshot comes from the stored evaluations; a count replaces an estimate', () => {
    const storage = temporaryStorage();
    const id = running(storage);
    const accuracy = (step: number): number => 98 - 900 / step;
    const points = Array.from({ length: 30 }, (_, k) => ({ step: 700 + 20 * k, value: accuracy(700 + 20 * k) }));
    const estimates = points.map((point) => ({ ...point, series: 'accuracy (estimated)' }));
    estimates.push({ series: 'accuracy (estimated)', step: 910, value: 50 });
    const counts = [910, 1000].map((step) => ({
      series: 'accuracy',
      step,
      value: step === 1000 ? 97.5 : accuracy(step),
    }));
    storage.runs.applyEvent(id, { type: 'metrics', points: [...estimates, ...counts] }, 3);
    const trend = storage.runHistory.trend(id, 1000);
    expect(trend).toMatchObject({ before: 11, after: 12, estimates: 22, undefined: null });
    expect(trend.accuracy).toBeCloseTo(97.1, 9);
    expect(storage.runHistory.trend(id, 100).undefined).toBe('Too few evaluations from step 80 to 125: 0 of 4 needed.');
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

  test('a generator keeps two checkpoints, none when it is done, and the weights of every sample grid', () => {
    const storage = temporaryStorage();
    const id = running(storage, generatorTask(1));
    const put = (name: string): string => storage.blobs.put(Buffer.from(name));
    const steps = [1, 2, 3, 4].map((step) => ({ step, weights: put(`weights ${step}`), state: put(`state ${step}`) }));
    for (const { step, weights, state } of steps) {
      storage.runs.applyEvent(id, { type: 'samples', step, grid: hash(step), weights }, 1000);
      storage.runs.applyEvent(id, { type: 'checkpoint', step, hash: state }, 1000);
    }
    expect(storage.runHistory.checkpoints(id).map(({ step }) => step)).toEqual([3, 4]);
    const later = Date.now() + 120_000;
    storage.runs.recover(later);
    expect(storage.runHistory.checkpoints(id).map(({ step }) => step)).toEqual([3, 4]);
    const there = (part: 'weights' | 'state') => steps.map((each) => storage.blobs.has(each[part]));
    expect(there('state')).toEqual([false, false, true, true]);
    const again = storage.runs.claimNext(['wasm'], environment, later);
    expect(again?.checkpoint).toBe(steps[3]?.state);
    const result = { kind: 'generator', weights: steps[3]?.weights ?? '', steps: 4 } as const;
    storage.runs.applyEvent(id, { type: 'done', result }, later);
    storage.runs.recover(later + 120_000);
    expect(there('state')).toEqual([false, false, false, false]);
    expect(there('weights')).toEqual([true, true, true, true]);
    expect(storage.runHistory.sampleGrids(id).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  });

  test('are of one run and its open attempt, with another run and an earlier attempt beside', () => {
    const storage = temporaryStorage();
    const { runs, runHistory } = storage;
    const [own, other] = [running(storage), running(storage, generatorTask(2))];
    const view = (id: number) => {
      const { heartbeatAt, attemptStartedAt, progress, crashes } = runs.get(id) ?? expect.fail();
      const attempts = runHistory.attempts(id).map(({ pid, resumedAt, startedAt }) => [pid, resumedAt, startedAt]);
      return { heartbeatAt, attemptStartedAt, progress, crashes, attempts };
    };
    const untouched = {
      heartbeatAt: 2,
      attemptStartedAt: 2,
      progress: null,
      crashes: 0,
      attempts: [[null, null, null]],
    };
    runs.applyEvent(own, { type: 'heartbeat' }, 5);
    expect([view(own), view(other)]).toEqual([{ ...untouched, heartbeatAt: 5 }, untouched]);
    // Progress before the worker said where it began.
    runs.applyEvent(own, { type: 'progress', done: 3, total: 10, note: 'x' }, 6);
    expect(view(own).progress).toEqual({ done: 3, total: 10, note: 'x', from: 0, workedMs: null });
    runs.applyEvent(own, { ...started, pid: 7, resumedAt: 4 }, 8);
    const { crashes, ...first } = view(own);
    expect(first).toEqual({
      heartbeatAt: 8,
      attemptStartedAt: 8,
      progress: { done: 3, total: 10, note: 'x', from: 4, workedMs: null },
      attempts: [[7, 4, 8]],
    });
    expect([crashes, view(other)]).toEqual([0, untouched]);
    runs.interrupt(own, 'stopped', 9);
    expect(runs.claimNext(['wasm'], environment, 10)?.id).toBe(own);
    runs.applyEvent(own, { ...started, pid: 70, resumedAt: 40 }, 11);
    expect(view(own).attempts).toEqual([
      [7, 4, 8],
      [70, 40, 11],
    ]);
    expect(view(other)).toEqual(untouched);
    runs.applyEvent(own, { type: 'stopped', step: 3 }, 12);
    expect(runHistory.attempts(own).map(({ outcome, note, endedAt }) => [outcome, note, endedAt])).toEqual([
      ['stopped', 'stopped', 9],
      ['stopped', 'stopped at step 3', 12],
    ]);
    expect(runHistory.attempts(other)).toMatchObject([{ outcome: null, endedAt: null }]);
  });

  test('a checkpoint of a higher step forgives crashes of its run; the newest two of each run stay', () => {
    const storage = temporaryStorage();
    const { runs, runHistory } = storage;
    const [own, other] = [running(storage), running(storage, generatorTask(2))];
    const crash = (id: number): void => {
      runs.recordCrash(id, { message: 'died', detail: '' }, 9, 3);
      expect(runs.claimNext(['wasm'], environment, 3)?.id).toBe(id);
    };
    const checkpoint = (id: number, step: number) =>
      runs.applyEvent(id, { type: 'checkpoint', step, hash: hash(step) }, 4);
    const crashes = () => [own, other].map((id) => runs.get(id)?.crashes);
    checkpoint(other, 50);
    crash(own);
    crash(other);
    checkpoint(own, 0);
    expect(crashes()).toEqual([0, 1]);
    crash(own);
    checkpoint(own, 0);
    expect(crashes()).toEqual([1, 1]);
    checkpoint(own, 1);
    expect(crashes()).toEqual([0, 1]);
    crash(own);
    checkpoint(own, 1);
    expect(crashes()).toEqual([1, 1]);
    checkpoint(other, 51);
    checkpoint(own, 7);
    checkpoint(own, 3);
    const steps = (id: number) => runHistory.checkpoints(id).map(({ step }) => step);
    expect([steps(own), steps(other), crashes()]).toEqual([
      [3, 7],
      [50, 51],
      [0, 0],
    ]);
    expect(runHistory.sampleGrids(own)).toEqual([]);
    runs.applyEvents(own, [classifierResult([97.5]), { type: 'progress', done: 1, total: 2, note: '' }], 5);
    expect([steps(own), steps(other), runs.get(own)?.progress]).toEqual([[], [50, 51], null]);
  });

  test('how long an attempt has worked begins anew with each', () => {
    const storage = temporaryStorage();
    const id = running(storage);
    const progressOf = () => storage.runs.get(id)?.progress;
    storage.runs.applyEvent(id, { ...started, resumedAt: 40 }, 1000);
    storage.runs.applyEvent(id, { type: 'progress', done: 60, total: 100, note: '', workedMs: 1500 }, 3000);
    expect(progressOf()).toEqual({ done: 60, total: 100, note: '', from: 40, workedMs: 1500 });
    storage.runs.applyEvent(id, { ...started, resumedAt: 60 }, 9000);
    expect(progressOf()).toEqual({ done: 60, total: 100, note: '', from: 60, workedMs: null });
    // A worker of an earlier version.
    storage.runs.applyEvent(id, { type: 'progress', done: 70, total: 100, note: '' }, 9500);
    expect(progressOf()).toMatchObject({ done: 70, workedMs: null });
  });
});
