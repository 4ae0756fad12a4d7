import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { offlineTables } from '../../../main/contributions/offline/storage.ts';
import { removal } from '../../temporary-folder.ts';
import { type LabelingTables, openLabelingTables } from '../desk/storage/labeling-tables.ts';

let storage: LabelingTables['storage'];
let addSession: LabelingTables['addSession'];
beforeAll(() => {
  ({ storage, addSession } = openLabelingTables());
});
afterAll(() => {
  storage.close();
  rmSync(storage.folder, removal);
});

test('a key is of one kit and session', () => {
  const { kits } = offlineTables(storage);
  const [one, two] = [addSession(), addSession()];
  const entry = (kit: string, sessionId: number, n: number) => ({
    kit: kit.padEnd(36),
    sessionId,
    key: Buffer.alloc(32, n),
  });
  const all = [entry('kit-1', one, 1), entry('kit-1', two, 2), entry('kit-2', one, 3)];
  all.forEach((each, at) => {
    kits.add(each, 9 - at);
  });
  expect([one, two, addSession()].map((session) => kits.firstMadeAt(session))).toEqual([7, 8, null]);
  expect(all.map(({ kit, sessionId }) => kits.get(kit, sessionId))).toEqual(all);
  expect(kits.get('kit-2'.padEnd(36), two)).toBeUndefined();
});

test('answers from paper are of one session, pass and trial; the last counts', () => {
  const { paper } = offlineTables(storage);
  const [one, two] = [addSession(), addSession()];
  for (const session of [one, two])
    for (const pass of [2, 1] as const)
      for (const trial of [1, 0]) paper.saveEntry(session, { pass, trial, choice: trial + pass }, 1);
  paper.saveEntry(one, { pass: 1, trial: 1, choice: null }, 2);
  const rest = [
    { pass: 1, trial: 0, choice: 1 },
    { pass: 1, trial: 1, choice: 2 },
    { pass: 2, trial: 0, choice: 2 },
    { pass: 2, trial: 1, choice: 3 },
  ];
  expect(paper.entries(two)).toEqual(rest);
  expect(paper.entries(one)).toEqual(rest.map((entry, n) => (n === 1 ? { ...entry, choice: null } : entry)));
  paper.deleteEntry(two, { pass: 1, trial: 1 });
  expect(paper.entries(two)).toEqual(rest.filter((_, n) => n !== 1));
  expect(paper.entries(one)).toHaveLength(4);
});
