import { existsSync, utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { WorkerEvent } from '../../main/contract/run.ts';
import { remainingTime } from '../../main/storage/index.ts';
import type { Storage } from '../../main/storage/index.ts';
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

  test('time left follows from the pace of this attempt', () => {
    const storage = temporaryStorage();
    const id = running(storage);
    expect(remainingTime(storage.runs.list()[0] ?? expect.fail(), 3)).toBeNull();
    storage.runs.applyEvent(id, { ...started, resumedAt: 40 }, 1000);
    storage.runs.applyEvent(id, { type: 'progress', done: 60, total: 100, note: '' }, 3000);
    expect(remainingTime(storage.runs.list()[0] ?? expect.fail(), 3000)).toBe(4000);
  });
});
