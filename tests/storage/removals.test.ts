/** What is deleted goes with all of its rows; its neighbors keep theirs. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { sha256 } from '../../main/files/blobs.ts';
import { sessionSource } from '../../main/storage/labeling/withdrawals.ts';
import { openStorage, type Storage } from '../../main/storage/open.ts';
import { classifierTask, newRun } from '../executors/counting-tasks.ts';
import { archived, fillStudy } from '../contributions/archives/full-study.ts';
import { hash } from './records.ts';
import { sql, temporaryStorage } from './storage-helper.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { archivesOf } from '../../main/contributions/archives/storage/archives.ts';

let storage: Storage;
let [before, own, after] = [0, 0, 0];
beforeEach(() => {
  storage = temporaryStorage();
  before = fillStudy(storage, 'before', 200);
  own = fillStudy(storage, 'own', 300);
  after = fillStudy(storage, 'after', 400);
});

/** Runs all steps, each in a transaction; gives their number. */
function complete(): number {
  const steps = storage.removals.steps();
  for (let count = 0; ; count++) if (storage.transaction(() => steps.next()).done) return count;
}

const contentOf = (id: number) => JSON.stringify(archived(storage, id).all);
const count = (from: string): unknown =>
  (sql(storage.folder, `SELECT count(*) AS n FROM ${from}`)[0] as { n: number }).n;

test('a study goes at once from every list, its name is free, and its rows follow', () => {
  const neighbours = [before, after].map(contentOf);
  const runs = archivesOf(storage).runKeys(own);
  const labelers = storage.labelers.ofStudy(own).map(({ id }) => id);
  const [session] = storage.labeling.sessions.ofStudy(own);
  expect(storage.removals.isPending).toBe(false);
  storage.removals.markStudy(own);
  expect(storage.removals.isPending).toBe(true);
  expect([storage.studies.get(own), storage.studies.byName('own')]).toEqual([undefined, undefined]);
  expect(storage.studies.list().map(({ id }) => id)).toEqual([before, after]);
  expect(storage.labeling.sessions.ofStudy(own)).toEqual([]);
  expect(storage.labeling.sessions.get(session?.id ?? 0)).toBeUndefined();
  expect(storage.labeling.sessions.ofStudy(after)).toHaveLength(3);
  expect(storage.labelers.ofStudy(own)).toEqual([]);
  const person = storage.labelers.get(labelers[0] ?? 0);
  expect(() => storage.labelers.ensure({ ...person!, source: person!.source }, 1)).toThrow('being deleted');
  const again = storage.studies.put('own', storage.studies.get(after)!.spec, 1);
  expect(again).not.toBe(own);

  expect(complete()).toBeGreaterThan(10);
  expect(storage.removals.isPending).toBe(false);
  expect(complete()).toBe(0);
  expect([before, after].map(contentOf)).toEqual(neighbours);
  expect(storage.studies.get(again)?.name).toBe('own');
  for (const table of [
    'study_spec',
    'study_run',
    'study_stimulus_set',
    'study_setting',
    'study_labeler',
    'labeling_session',
    'labeling_plan',
    'labeling_lock',
  ])
    expect(count(`${table} WHERE study_id = ${own}`), table).toBe(0);
  expect(runs.map((key) => storage.runs.byKey(key))).toEqual(runs.map(() => undefined));
  expect(labelers.map((id) => storage.labelers.get(id))).toEqual(labelers.map(() => undefined));
  expect(count('labeling_event WHERE stored_at BETWEEN 300 AND 399')).toBe(0);
  expect(count('labeling_note WHERE stored_at BETWEEN 300 AND 399')).toBe(0);
  expect(count('response WHERE at BETWEEN 300 AND 399')).toBe(0);
  expect(count('prediction WHERE at BETWEEN 300 AND 399')).toBe(1);
  expect(count('withdrawing')).toBe(0);
  // Images stay.
  expect(storage.stimulusSets.header(hash(300_000))).toBeDefined();
});

test('runs that are deleted go with their predictions; those of another study only leave this one', () => {
  const neighbours = [before, after].map(contentOf);
  const [shared = 0, ...others] = archivesOf(storage)
    .runKeys(own)
    .map((key) => storage.runs.byKey(key)?.id ?? 0);
  storage.studyRuns.link(after, 'shared', shared, null, 1);
  storage.transaction(() => storage.removals.markRuns(own, [shared, ...others]));
  expect(storage.studyRuns.list(own)).toEqual([]);
  expect(storage.runs.get(shared)?.id).toBe(shared);
  complete();
  expect(others.map((id) => storage.runs.get(id))).toEqual(others.map(() => undefined));
  expect(storage.runs.get(shared)?.id).toBe(shared);
  storage.transaction(() => storage.removals.markRuns(after, [shared]));
  complete();
  expect(storage.runs.get(shared)).toBeUndefined();
  expect(count(`study_run WHERE study_id = ${own}`)).toBe(0);
  expect([before, after].map(contentOf)).toEqual(neighbours);
});

test('runs and people that another study has, or had, stay with it', () => {
  const [waiting, done] = archivesOf(storage)
    .runKeys(own)
    .map((key) => storage.runs.byKey(key)?.id ?? 0);
  storage.studyRuns.link(after, 'shared', done ?? 0, null, 1);
  storage.studyRuns.link(before, 'had', waiting ?? 0, null, 1);
  storage.studyRuns.keepOnly(before, ['role/0'], 2);
  const [stays, stayed, goes] = storage.labelers.ofStudy(own).map(({ id }) => id) as [number, number, number];
  const own2 = storage.labeling.sessions.ofStudy(own)[0]?.labelerId ?? 0;
  const of = (id: number) => storage.labelers.ofStudy(id).map((labeler) => labeler.id);
  storage.studies.useLabelers(after, [...of(after), stays, own2], 1);
  storage.studies.useLabelers(before, [...of(before), stayed], 1);
  storage.studies.useLabelers(
    before,
    of(before).filter((id) => id !== stayed),
    2,
  );
  storage.removals.markStudy(own);
  complete();
  expect([waiting, done].map((id) => storage.runs.get(id ?? 0)?.id)).toEqual([waiting, done]);
  expect([stays, stayed, goes, own2].map((id) => storage.labelers.get(id)?.id)).toEqual([
    stays,
    stayed,
    undefined,
    own2,
  ]);
  expect(storage.responses.log(hash(300_050), stays)).toHaveLength(1);
  expect(storage.labeling.sessions.findByLabeler(own2)).toBeUndefined();
  const unused = storage.runs.ensure(newRun(classifierTask(9999)), 1).id;
  for (const id of [done ?? 0, unused]) storage.transaction(() => storage.removals.markUnusedRun(id));
  complete();
  expect([done, unused].map((id) => storage.runs.get(id ?? 0)?.id)).toEqual([done, undefined]);
});

test('curves of a run are deleted a hundred points a step, while nothing finds the run and its key is free', () => {
  const key = archivesOf(storage).runKeys(own).at(-1) ?? '';
  const id = storage.runs.byKey(key)?.id ?? 0;
  sql(
    storage.folder,
    `INSERT INTO metric SELECT ${id}, 'long', value, 0.5 FROM (WITH RECURSIVE n(value) AS (
       VALUES (0) UNION ALL SELECT value + 1 FROM n WHERE value < 1999) SELECT value FROM n)`,
  );
  const points = () => Number(count(`metric WHERE run_id = ${id}`));
  storage.removals.markStudy(own);
  const steps = storage.removals.steps();
  const deleted: number[] = [];
  const step = (): boolean => {
    const before = points();
    const { done } = storage.transaction(() => steps.next());
    deleted.push(before - points());
    return done === true;
  };
  while (points() >= 2000) step();
  expect(points()).toBeGreaterThan(1000);
  expect([storage.runs.byKey(key), storage.runs.list().find((run) => run.id === id)]).toEqual([undefined, undefined]);
  expect(() => storage.studyRuns.link(after, 'late', id, null, 1)).toThrow('being deleted');
  const again = storage.runs.ensure({ ...newRun(classifierTask(9999)), key }, 1).id;
  storage.studyRuns.link(after, 'again', again, null, 1);
  const killed = join(temporaryFolder(), 'data');
  cpSync(storage.folder, killed, { recursive: true });
  while (!step());
  expect(Math.max(...deleted)).toBe(100);
  expect([storage.runs.get(id), storage.runs.byKey(key)?.id]).toEqual([undefined, again]);
  openStorage(killed).close();
  expect(
    sql(killed, `SELECT (SELECT count(*) FROM metric WHERE run_id = ${id}) + count(*) AS n FROM run WHERE id = ${id}`),
  ).toEqual([{ n: 0 }]);
});

test('people whom only deleted studies share go with the last of them, whenever each was deleted', () => {
  const [person] = storage.labelers.ofStudy(own).map(({ id }) => id);
  const share = (id: number) =>
    storage.studies.useLabelers(id, [...storage.labelers.ofStudy(id).map((each) => each.id), person ?? 0], 1);
  share(after);
  storage.removals.markStudy(own);
  expect(storage.labelers.ofStudy(after).map(({ id }) => id)).toContain(person);
  storage.removals.markStudy(after);
  complete();
  expect(storage.labelers.get(person ?? 0)).toBeUndefined();
  expect(count('response WHERE at BETWEEN 300 AND 499')).toBe(0);
  expect(storage.removals.isPending).toBe(false);
});

test('a command that opens the folder completes what a killed host was deleting', () => {
  const person = { pseudonym: 'sim-01', simulated: true, source: 'rehearsal:1' };
  storage.studies.useLabelers(own, [storage.labelers.ensure(person, 1)], 1);
  storage.removals.markStudy(own);
  const killed = join(temporaryFolder(), 'data');
  cpSync(storage.folder, killed, { recursive: true });
  const next = openStorage(killed);
  onTestFinished(() => next.close());
  expect(next.removals.isPending).toBe(false);
  expect(next.labelers.get(next.labelers.ensure(person, 2))?.pseudonym).toBe('sim-01');
});

test('a start completes a large deletion in several transactions, so that a kill does not undo all of it', () => {
  const run = storage.runs.byKey(archivesOf(storage).runKeys(own).at(-1) ?? '')?.id ?? 0;
  sql(
    storage.folder,
    `INSERT INTO metric SELECT ${run}, 'long', value, 0.5 FROM (WITH RECURSIVE n(value) AS (
       VALUES (0) UNION ALL SELECT value + 1 FROM n WHERE value < 29999) SELECT value FROM n)`,
  );
  storage.removals.markStudy(own);
  const killed = join(temporaryFolder(), 'data');
  cpSync(storage.folder, killed, { recursive: true });
  const beside = new BetterSqlite3(join(killed, 'workbench.sqlite'), { readonly: true });
  const points = beside.prepare(`SELECT count(*) FROM metric WHERE run_id = ${run}`).pluck();
  const seen = new Set<unknown>();
  let statements = 0;
  openStorage(killed, {
    onStatement: () => {
      statements += 1;
      if (statements % 20 === 0) seen.add(points.get());
    },
  }).close();
  seen.add(points.get());
  beside.close();
  expect(seen.size).toBeGreaterThan(2);
  expect(seen).toContain(0);
});

test('a session that withdraws goes with its labeler; its trace stays in each study that had the labeler', () => {
  const [session] = storage.labeling.sessions.ofStudy(own);
  if (!session) throw new Error('no session');
  const { withdrawals } = storage.labeling;
  storage.studies.useLabelers(after, [...storage.labelers.ofStudy(after).map(({ id }) => id), session.labelerId], 1);
  const neighbor = contentOf(before);
  expect(withdrawals.isWithdrawn(session.token)).toBe(false);
  withdrawals.withdraw(session, 900);
  expect(storage.labeling.sessions.ofStudy(own).map(({ place }) => place)).toEqual([1, 2]);
  expect(storage.labelers.ofStudy(after).map(({ id }) => id)).not.toContain(session.labelerId);
  expect([before, own, after].map((id) => withdrawals.datesOfStudy(id))).toEqual([[], [900], [900]]);
  const second = storage.labeling.sessions.ofStudy(own)[0];
  withdrawals.withdraw(second!, 800);
  expect(withdrawals.datesOfStudy(own)).toEqual([800, 900]);
  complete();
  expect(storage.labelers.get(session.labelerId)).toBeUndefined();
  expect(storage.labeling.sessions.ofStudy(own).map(({ place }) => place)).toEqual([2]);
  expect(contentOf(before)).toBe(neighbor);
  // Sources of sessions in this test are not made of their tokens.
  const find = (source: string, pseudonym: string, studyId: number | null = null) =>
    withdrawals.lookup(studyId).find({ source, pseudonym }) !== undefined;
  expect(find(`labeling:${hash(300)}`, 'anybody')).toBe(true);
  expect(find(`labeling:${hash(302)}`, session.pseudonym)).toBe(false);
  // A drawn pseudonym is refused from everywhere.
  expect([find('csv:9', session.pseudonym), find('csv:9', session.pseudonym, before), find('csv:9', 'other')]).toEqual([
    ...[true, true, false],
  ]);
  expect(sessionSource('abc')).toBe(`labeling:${sha256('abc')}`);
});

test('a labeler of a file withdraws by source and name; the name is refused in that study only', () => {
  const { withdrawals } = storage.labeling;
  const person = storage.labelers.ofStudy(own).find(({ pseudonym }) => pseudonym === 'P1');
  withdrawals.withdrawLabeler(own, person!, 700);
  complete();
  expect(storage.labelers.ofStudy(own).map(({ pseudonym }) => pseudonym)).toEqual(['P2', 'sim-01']);
  const find = (source: string, pseudonym: string, studyId: number | null = null) =>
    withdrawals.lookup(studyId).find({ source, pseudonym }) !== undefined;
  expect([find('csv:300', 'P1'), find('csv:300', 'P2'), find('csv:400', 'P1')]).toEqual([true, false, false]);
  expect([find('csv:8', 'P1', own), find('csv:8', 'P1', after), find('csv:8', 'P1')]).toEqual([true, false, false]);
  expect(withdrawals.datesOfStudy(own)).toEqual([700]);
  // The label of the same name in a new file is skipped.
  const table = (studyId?: number) =>
    storage.responses.importTable(
      {
        setHash: hash(300_050),
        source: 'csv:8',
        simulated: false,
        ...(studyId !== undefined && { studyId }),
        rows: ['P1', 'P9'].map((pseudonym, imageId) => ({ imageId, pseudonym, label: 0 })),
      },
      1,
    ).length;
  expect([table(own), table(after), table()]).toEqual([1, 2, 2]);

  const id = withdrawals.lookup().find({ source: 'csv:300', pseudonym: 'P1' }) ?? 0;
  for (const _ of [1, 2]) withdrawals.copyToStudy(before, { source: 'csv:300', pseudonym: 'P1' }, id);
  expect(withdrawals.datesOfStudy(before)).toEqual([700]);
  expect(find('csv:7', 'P1', before)).toBe(true);
  expect(withdrawals.labelersWithdrawnElsewhere(before)).toEqual([]);
  // Somebody of that source and name comes back by another way.
  const back = storage.labelers.ensure({ pseudonym: 'P1', simulated: false, source: 'csv:300' }, 1);
  expect(withdrawals.labelersWithdrawnElsewhere(before)).toMatchObject([{ id: back, pseudonym: 'P1' }]);
  expect(withdrawals.labelersWithdrawnElsewhere(after)).toEqual([]);
});
