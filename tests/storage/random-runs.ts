/** Random tables of studies and runs, some of them on clusters, to compare answers about them with a plain model. */
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished } from 'vitest';
import { BlobStore } from '../../main/files/blobs.ts';
import { Database } from '../../main/storage/database.ts';
import { migrate } from '../../main/storage/migrate.ts';
import { RunNotes } from '../../main/storage/runs/run-table.ts';
import { Runs } from '../../main/storage/runs/runs.ts';
import { Studies } from '../../main/storage/studies.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { classifierTask, generatorTask, newRun, predictionsTask } from '../executors/counting-tasks.ts';
import { hash, study } from './records.ts';

export const clusters = ['far', 'lab'] as const;
export type Cluster = (typeof clusters)[number];
const kinds = ['classifier', 'generator', 'predictions'] as const;
const states = ['queued', 'running', 'interrupted', 'done', 'failed', 'cancelled'] as const;
export const open: readonly string[] = ['queued', 'running', 'interrupted'];
const names = ['a', 'b', 'c'] as const;

export const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);
export const somewhere = oneOf(null, null, ...clusters);
const time = oneOf(null, null, 5, 10, 15);

/** So many tables are drawn. */
export const drawn = { numRuns: 40 };

/** A run: how each study has it, where it goes, and where it is. */
const someRun = fc.record({
  kind: oneOf(...kinds),
  state: oneOf(...states),
  links: fc.tuple(...names.map(() => oneOf('none', 'none', 'current', 'replaced'))),
  place: somewhere,
  held: fc.boolean(),
  cancelRequested: fc.boolean(),
  archived: oneOf(false, false, true),
  hasSnapshot: fc.boolean(),
  /** Of four steps; null: none was told. */
  done: oneOf(null, null, 1, 3, 4),
  tags: fc.subarray(['fast', 'small']),
  note: oneOf('', 'Odd', 'small one'),
  on: fc.option(
    fc.record({
      cluster: oneOf(...clusters),
      pack: oneOf('p1', 'p2'),
      stopWanted: oneOf(false, false, true),
      state: oneOf('pending', 'held', 'running'),
      missedSince: time,
      stopAskedAt: time,
      cancelledAt: time,
    }),
    { freq: 3 },
  ),
});
const someStudy = fc.record({
  place: somewhere,
  isDeleted: oneOf(false, false, true),
  isDeclared: oneOf(true, true, false),
});
export const worlds = fc.record({
  studies: fc.tuple(someStudy, someStudy, someStudy),
  runs: fc.array(someRun, { minLength: 1, maxLength: 7 }),
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;
type Tables = Pick<ReturnType<typeof openTables>, 'db' | 'runs'>;
export type Filled = ReturnType<typeof fill>;
export type Run = Filled['runs'][number];
/** Whether the study in this place has the run now. */
export const has = (run: Run, at: number): boolean => run.links[at] === 'current';
export const ids = (runs: readonly Run[]): number[] => runs.map(({ id }) => id);

/** Runs on a cluster that a study uses. Null stands for all clusters, or for all studies. */
export const onCluster = (runs: readonly Run[], cluster: Cluster | null, of: number | null): Run[] =>
  runs.filter((run) => run.on && (!cluster || run.on.cluster === cluster) && (of === null || has(run, of)));

/** Clusters and places of studies; null: all. */
export const scopes = [null, ...clusters].flatMap((cluster) => [null, 0, 1, 2].map((of) => [cluster, of] as const));

/** An empty database. */
export function openTables(): { db: Database; blobs: BlobStore; runs: Runs } {
  const folder = temporaryFolder();
  const db = new Database(join(folder, 'workbench.sqlite'));
  onTestFinished(() => db.close());
  migrate(db);
  const blobs = new BlobStore(join(folder, 'blobs'));
  return { db, blobs, runs: new Runs(db, blobs) };
}

const taskOf = (kind: (typeof kinds)[number], n: number) =>
  kind === 'classifier' ? classifierTask(n) : kind === 'generator' ? generatorTask(n) : predictionsTask(n);

/** Has `check` called with the world in the tables and its runs and studies with their ids, and leaves nothing. */
export function within({ db, runs }: Tables, world: World, check: (found: Filled) => void): void {
  const undo = new Error('undone');
  expect(() =>
    db.transaction(() => {
      check(fill(db, runs, world));
      throw undo;
    }),
  ).toThrow(undo);
}

function fill(db: Database, queue: Runs, world: World) {
  const studies = world.studies.map((of, n) => {
    const name = names[n] ?? '';
    const id = of.isDeclared
      ? new Studies(db).put(name, { ...study(name), name }, 1)
      : db.run('INSERT INTO study (name, created_at) VALUES (?, 1)', name).id;
    db.run('UPDATE study SET place = ?, deleted_at = ? WHERE id = ?', of.place, of.isDeleted ? 2 : null, id);
    return { ...of, name, id };
  });
  const runs = world.runs.map((of, n) => {
    const { kind, state, links, place, held, cancelRequested, on } = of;
    const { id } = queue.ensure(newRun(taskOf(kind, n)), 1);
    const set = (sql: string) => db.run(`UPDATE run SET ${sql} WHERE id = ?`, id);
    if (state !== 'queued' && state !== 'cancelled')
      set(`state = 'running', attempts = 1, started_at = 1, ran_on = 'wasm'`);
    if (state === 'interrupted') set(`state = 'interrupted'`);
    if (state === 'done') set(`state = 'done', result = json_object('kind', kind), ended_at = 2`);
    if (state === 'failed') set(`state = 'failed', failure_message = 'm', failure_detail = 'd', ended_at = 2`);
    if (state === 'cancelled') set(`state = 'cancelled', ended_at = 2`);
    db.run(
      'UPDATE run SET place = ?, held = ?, cancel_requested = ? WHERE id = ?',
      ...[place, held ? 1 : 0, cancelRequested ? 1 : 0, id],
    );
    for (const [at, link] of links.entries()) {
      const sql = 'INSERT INTO study_run (study_id, role, run_id, linked_at, replaced_at) VALUES (?, ?, ?, 1, ?)';
      if (link !== 'none') db.run(sql, studies[at]?.id ?? 0, `models/${n}`, id, link === 'current' ? null : 2);
    }
    if (on)
      db.run(
        `INSERT INTO placement (run_id, cluster, pack, task, placed_at, state, stop_wanted, missed_since, stop_asked_at, cancelled_at)
         VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`,
        ...[
          id,
          on.cluster,
          on.pack,
          n,
          on.state,
          on.stopWanted ? 1 : 0,
          on.missedSince,
          on.stopAskedAt,
          on.cancelledAt,
        ],
      );
    if (of.done !== null) set(`progress_done = ${of.done}, progress_total = 4, progress_note = ''`);
    if (of.hasSnapshot && state === 'done' && kind === 'classifier')
      db.run(
        'INSERT INTO snapshot (run_id, target, step, errors, test_count, accuracy, weights, at) VALUES (?, 98, 1, 1, 4, 75, ?, 1)',
        ...[id, hash(n)],
      );
    const notes = new RunNotes(db);
    notes.setNote(id, of.note);
    notes.tag([id], { add: of.tags, remove: [] });
    notes.setArchived(of.archived ? [id] : [], true);
    return { ...of, id, n, role: `models/${n}` };
  });
  return { studies, runs };
}
