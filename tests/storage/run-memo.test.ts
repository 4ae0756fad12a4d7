import { expect, test } from 'vitest';
import { runFilterSchema } from '../../main/contract/api/runs.ts';
import type { Storage } from '../../main/storage/open.ts';
import { classifierTask, newRun } from '../executors/counting-tasks.ts';
import { environment, study } from './records.ts';
import { classifierResult, snapshot, started } from './run-helper.ts';
import { temporaryStorage } from './storage-helper.ts';

const filter = runFilterSchema.parse({ archived: true, kinds: [] });

/** All that is kept of a study's runs, and then what a transaction reads, in which nothing is kept. */
function asked(storage: Storage, studyId: number): [kept: unknown, read: unknown] {
  const read = (): unknown => {
    const { runTable } = storage;
    const order = (by: 'name' | 'state') =>
      runTable.order(studyId, { filter, sort: { by, descending: false }, pause: null });
    const ids = order('name');
    return {
      orders: [ids, order('state')],
      shown: runTable.order(studyId, {
        filter: { ...filter, archived: false },
        sort: { by: 'accuracy', descending: false },
      }),
      states: runTable.states(studyId, ids),
      facets: runTable.facets(studyId),
      tags: runTable.groups.ofStudy(studyId, ids, 'tag'),
      groups: runTable.groups.ofStudy(studyId, ids, 'group'),
      numbers: runTable.groups.numbers(studyId),
    };
  };
  return [read(), storage.transaction(read)];
}

test('what is kept of runs is read again after every change of one, and only then', () => {
  const storage = temporaryStorage();
  const studyId = storage.studies.put('s', study(), 1);
  const ids: number[] = [];
  const link = (seed: number): void => {
    const { id } = storage.runs.ensure({ ...newRun(classifierTask(seed)), label: `M${seed}` }, 1);
    const model = { modelName: `M${seed}`, group: 'diverse' as const, repeat: 0, seed };
    storage.studyRuns.link(studyId, `models/M${seed}`, id, model, 1);
    ids.push(id);
  };
  const id = (at: number): number => ids[at] ?? 0;
  link(1);
  const changes: (() => void)[] = [
    () => link(2),
    () => link(3),
    () => storage.runNotes.tag([id(0)], { add: ['x'], remove: [] }),
    () => storage.runNotes.tag([id(0)], { add: [], remove: ['x'] }),
    () => storage.runNotes.setArchived([id(1)], true),
    () => storage.runs.setHeld(id(2), true),
    () => storage.runs.setHeld(id(2), false),
    () => storage.runs.claimNext(['wasm'], environment, 10),
    () => storage.runs.applyEvents(id(0), [started, { type: 'snapshot', snapshot: snapshot(97.5) }], 20),
    () => storage.runs.applyEvents(id(0), [classifierResult([97.5])], 30),
    () => storage.runs.cancel(id(1), 40),
    () => storage.runs.retry(id(1), 50),
    () => storage.studyRuns.keepOnly(studyId, ['models/M1', 'models/M2'], 60),
    () => storage.runs.redo(id(0), 70),
  ];
  let before = JSON.stringify(asked(storage, studyId)[0]);
  for (const [at, change] of changes.entries()) {
    change();
    const [kept, read] = asked(storage, studyId);
    expect(kept, `change ${at}`).toEqual(read);
    const after = JSON.stringify(kept);
    expect(after, `change ${at} changes nothing`).not.toBe(before);
    before = after;
  }
  const { runTable } = storage;
  const same = runTable.facets(studyId);
  storage.settings.setOfStudy(studyId, 'anything', { group: 'tag' }, 80);
  expect(runTable.facets(studyId)).toBe(same);
});

test('what a transaction undid is not kept', () => {
  const storage = temporaryStorage();
  const studyId = storage.studies.put('s', study(), 1);
  const { id } = storage.runs.ensure(newRun(classifierTask(1)), 1);
  storage.studyRuns.link(studyId, 'models/M', id, { modelName: 'M', group: 'diverse', repeat: 0, seed: 1 }, 1);
  const held = () => storage.runTable.states(studyId, [id]);
  const undo = new Error('undone');
  const tryIt = () =>
    storage.transaction(() => {
      storage.runs.setHeld(id, true);
      expect(held()).toEqual(['held']);
      throw undo;
    });
  expect(tryIt).toThrow(undo);
  expect(held()).toEqual(['queued']);
  expect(tryIt).toThrow(undo);
  expect(held()).toEqual(['queued']);
});
