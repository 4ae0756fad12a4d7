/** Which runs are on clusters: all answers about random tables are compared with a plain model of them. */
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { BlobStore } from '../../main/files/blobs.ts';
import { Database } from '../../main/storage/database.ts';
import { migrate } from '../../main/storage/migrate.ts';
import { Placements } from '../../main/storage/runs/placements.ts';
import { RunPlaces } from '../../main/storage/runs/run-places.ts';
import { Runs } from '../../main/storage/runs/runs.ts';
import { Studies } from '../../main/storage/studies.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { classifierTask, generatorTask, newRun, predictionsTask } from '../executors/counting-tasks.ts';
import { study } from './records.ts';

const clusters = ['far', 'lab'] as const;
type Cluster = (typeof clusters)[number];
const kinds = ['classifier', 'generator', 'predictions'] as const;
const states = ['queued', 'running', 'interrupted', 'done', 'failed', 'cancelled'] as const;
const open: readonly string[] = ['queued', 'running', 'interrupted'];
const names = ['a', 'b', 'c'] as const;

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);
const somewhere = oneOf(null, null, ...clusters);
const time = oneOf(null, null, 5, 10, 15);

/** So many tables are drawn. */
const drawn = { numRuns: 40 };

/** A run: how each study has it, where it goes, and where it is. */
const someRun = fc.record({
  kind: oneOf(...kinds),
  state: oneOf(...states),
  links: fc.tuple(...names.map(() => oneOf('none', 'none', 'current', 'replaced'))),
  place: somewhere,
  ...{ held: fc.boolean(), cancelRequested: fc.boolean() },
  on: fc.option(
    fc.record({
      ...{ cluster: oneOf(...clusters), pack: oneOf('p1', 'p2'), stopWanted: oneOf(false, false, true) },
      state: oneOf('pending', 'held', 'running'),
      ...{ missedSince: time, stopAskedAt: time, cancelledAt: time },
    }),
    { freq: 3 },
  ),
});
const someStudy = fc.record({
  place: somewhere,
  isDeleted: oneOf(false, false, true),
  isDeclared: oneOf(true, true, false),
});
const worlds = fc.record({
  studies: fc.tuple(someStudy, someStudy, someStudy),
  runs: fc.array(someRun, { minLength: 1, maxLength: 7 }),
});
type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;

let db: Database;
let placements: Placements;
let places: RunPlaces;
let blobs: BlobStore;
beforeEach(() => {
  const folder = temporaryFolder();
  db = new Database(join(folder, 'workbench.sqlite'));
  migrate(db);
  blobs = new BlobStore(join(folder, 'blobs'));
  placements = new Placements(db, blobs, new Runs(db, blobs));
  places = new RunPlaces(db);
  onTestFinished(() => db.close());
});

const taskOf = (kind: (typeof kinds)[number], n: number) =>
  kind === 'classifier' ? classifierTask(n) : kind === 'generator' ? generatorTask(n) : predictionsTask(n);

/** Has `check` called with the world in the tables and its runs and studies with their ids, and leaves nothing. */
function within(world: World, check: (found: ReturnType<typeof fill>) => void): void {
  const undo = new Error('undone');
  expect(() =>
    db.transaction(() => {
      check(fill(world));
      throw undo;
    }),
  ).toThrow(undo);
}

function fill(world: World) {
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
    const { id } = new Runs(db, blobs).ensure(newRun(taskOf(kind, n)), 1);
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
    return { ...of, id, role: `models/${n}` };
  });
  return { studies, runs };
}

type Run = ReturnType<typeof fill>['runs'][number];
const has = (run: Run, at: number): boolean => run.links[at] === 'current';
const ids = (runs: readonly Run[]): number[] => runs.map(({ id }) => id);
const onCluster = (runs: readonly Run[], cluster: Cluster | null, of: number | null): Run[] =>
  runs.filter((run) => run.on && (!cluster || run.on.cluster === cluster) && (of === null || has(run, of)));
const scopes = [null, ...clusters].flatMap((cluster) => [null, 0, 1, 2].map((of) => [cluster, of] as const));

test('where runs are and go, of each study and cluster', () => {
  fc.assert(
    fc.property(worlds, (world) =>
      within(world, ({ studies, runs }) => {
        const groups = Map.groupBy(
          runs.filter(({ on }) => on),
          ({ on }) => `${on?.cluster} ${on?.state === 'running'}`,
        );
        expect(
          places
            .counts()
            .map(({ cluster, running, count }) => [`${cluster} ${running}`, count])
            .sort(),
        ).toEqual([...groups].map(([key, own]) => [key, own.length]).sort());
        expect(placements.clusters().sort()).toEqual(
          clusters.filter((cluster) => onCluster(runs, cluster, null).length > 0),
        );
        for (const cluster of clusters)
          expect(places.studiesGoingTo(cluster)).toEqual(
            studies.flatMap(({ name, place, isDeleted, isDeclared }, at) => {
              const goes = runs.some((run) => has(run, at) && run.place === cluster && open.includes(run.state));
              return isDeclared && !isDeleted && (place === cluster || goes) ? [name] : [];
            }),
          );
        for (const [at, { id, place }] of studies.entries()) {
          const own = runs.filter((run) => has(run, at));
          expect(places.areUsedBy(id)).toBe(place !== null || own.some((run) => run.place !== null || run.on));
          expect(placements.placeOf(id)).toBe(place);
          const there = own.flatMap((run): [number, string][] => {
            const goesTo = run.state === 'running' ? null : run.place;
            const cluster = run.on?.cluster ?? goesTo;
            return cluster !== null && open.includes(run.state) ? [[run.id, cluster]] : [];
          });
          expect(places.onClusters(id)).toEqual(new Map(there));
        }
        const asked = runs.filter((_, n) => n % 3 !== 2);
        expect(places.openTrainings(ids(asked))).toEqual(
          asked
            .filter(({ kind, state }) => kind !== 'predictions' && state !== 'done')
            .map(({ id, on, state }) => ({ id, at: on?.cluster ?? (state === 'running' ? null : undefined) })),
        );
        for (const [cluster, of] of scopes) {
          const studyId = of === null ? null : (studies[of]?.id ?? 0);
          const own = onCluster(runs, cluster, of);
          expect(placements.count(studyId, cluster)).toBe(own.length);
          if (of !== null)
            expect(placements.count(studyId, cluster, ['models/[0-2]', 'x*'])).toBe(
              own.filter(({ role }) => /[012]$/.test(role)).length,
            );
          if (cluster)
            expect(
              placements.list(cluster, studyId).map(({ runId, toStop, runState }) => [runId, toStop, runState]),
            ).toEqual(
              own.map(({ id, on, held, cancelRequested, place, state }) => [
                id,
                [
                  on?.stopWanted,
                  on?.stopAskedAt !== null,
                  held,
                  cancelRequested,
                  place !== cluster,
                  !open.includes(state),
                ].some(Boolean),
                state,
              ]),
            );
        }
        for (const run of runs) expect(placements.get(run.id)?.pack).toBe(run.on?.pack);
      }),
    ),
    drawn,
  );
});

test('what is sent, forgotten or asked to come back changes the runs meant, and no others', () => {
  const placesOf = () => db.all<{ id: number; place: string | null }>('SELECT id, place FROM run ORDER BY id');
  const stops = () =>
    db
      .all<{ id: number }>('SELECT run_id AS id FROM placement WHERE stop_wanted = 1 ORDER BY run_id')
      .map(({ id }) => id);
  const wanted = (runs: readonly Run[], more: readonly Run[]) =>
    ids(runs.filter((run) => run.on?.stopWanted || more.includes(run)));
  const canGo = ({ kind, state }: Run): boolean => kind !== 'predictions' && state !== 'done';
  fc.assert(
    fc.property(worlds, oneOf(...scopes), somewhere, (world, [cluster, of], to) => {
      const studyOf = ({ studies }: ReturnType<typeof fill>) => (of === null ? null : (studies[of]?.id ?? 0));
      within(world, (found) => {
        const own = onCluster(found.runs, cluster, of);
        expect(placements.stopAll(studyOf(found), cluster)).toBe(own.length);
        expect(stops()).toEqual(wanted(found.runs, own));
      });
      within(world, (found) => {
        const [at, { id }] = [of ?? 0, found.studies[of ?? 0] ?? { id: 0 }];
        const own = found.runs.filter(
          (run) =>
            run.on && run.links[at] !== 'none' && run.links.every((link, other) => other === at || link !== 'current'),
        );
        expect(placements.stopStudy(id)).toBe(own.length);
        expect(stops()).toEqual(wanted(found.runs, own));
      });
      within(world, ({ runs }) => {
        const sent = runs.filter((_, n) => n % 2 === 0);
        placements.placeRuns(ids(sent), to);
        expect(placesOf()).toEqual(
          runs.map((run) => ({ id: run.id, place: sent.includes(run) && canGo(run) ? to : run.place })),
        );
      });
      within(world, ({ runs, studies }) => {
        const at = of ?? 0;
        placements.placeStudy(studies[at]?.id ?? 0, to);
        expect(studies.map(({ id }) => placements.placeOf(id))).toEqual(
          studies.map(({ place }, n) => (n === at ? to : place)),
        );
        expect(placesOf()).toEqual(
          runs.map((run) => ({ id: run.id, place: has(run, at) && canGo(run) ? to : run.place })),
        );
      });
      within(world, ({ runs, studies }) => {
        places.forget('lab');
        expect(studies.map(({ id }) => placements.placeOf(id))).toEqual(
          studies.map(({ place }) => (place === 'lab' ? null : place)),
        );
        expect(placesOf()).toEqual(
          runs.map(({ id, place, state }) => ({ id, place: place === 'lab' && state !== 'done' ? null : place })),
        );
      });
    }),
    drawn,
  );
});

test('times of a placement: the first request counts, and none lies ahead of a clock that was set back', () => {
  const times = () =>
    db.all(
      `SELECT run_id AS id, missed_since AS missedSince, stop_asked_at AS stopAskedAt, cancelled_at AS cancelledAt
       FROM placement ORDER BY run_id`,
    );
  const of = (runs: readonly Run[], change: (run: Run) => object = () => ({})) =>
    runs.flatMap((run) => {
      const { missedSince = null, stopAskedAt = null, cancelledAt = null } = run.on ?? {};
      return run.on ? [{ id: run.id, missedSince, stopAskedAt, cancelledAt, ...change(run) }] : [];
    });
  const upTo10 = (time: number | null | undefined) => (time == null ? null : Math.min(time, 10));
  fc.assert(
    fc.property(worlds, (world) => {
      within(world, ({ runs }) => {
        const asked = runs.filter((_, n) => n % 2 === 0);
        placements.stopAsked(ids(asked), 12);
        placements.tasksCancelled(ids(asked.slice(1)), 13);
        expect(times()).toEqual(
          of(runs, (run) => ({
            ...(asked.includes(run) && { stopAskedAt: run.on?.stopAskedAt ?? 12 }),
            ...(asked.indexOf(run) > 0 && { cancelledAt: 13 }),
          })),
        );
      });
      within(world, ({ runs }) => {
        placements.clampTimes(10);
        expect(times()).toEqual(
          of(runs, ({ on }) => ({
            ...{ missedSince: upTo10(on?.missedSince), stopAskedAt: upTo10(on?.stopAskedAt) },
            cancelledAt: upTo10(on?.cancelledAt),
          })),
        );
      });
    }),
    drawn,
  );
});
