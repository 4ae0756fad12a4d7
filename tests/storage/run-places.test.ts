/** Which runs are on clusters: all answers about random tables are compared with a plain model of them. */
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { Database } from '../../main/storage/database.ts';
import { Placements } from '../../main/storage/runs/placements.ts';
import { RunPlaces } from '../../main/storage/runs/run-places.ts';
import {
  type Cluster,
  clusters,
  drawn,
  type Filled,
  has,
  ids,
  oneOf,
  open,
  openTables,
  type Run,
  somewhere,
  within,
  worlds,
} from './random-runs.ts';

let tables: ReturnType<typeof openTables>;
let db: Database;
let placements: Placements;
let places: RunPlaces;
beforeEach(() => {
  tables = openTables();
  db = tables.db;
  placements = new Placements(db, tables.blobs, tables.runs);
  places = new RunPlaces(db);
});

const onCluster = (runs: readonly Run[], cluster: Cluster | null, of: number | null): Run[] =>
  runs.filter((run) => run.on && (!cluster || run.on.cluster === cluster) && (of === null || has(run, of)));
const scopes = [null, ...clusters].flatMap((cluster) => [null, 0, 1, 2].map((of) => [cluster, of] as const));

test('where runs are and go, of each study and cluster', () => {
  fc.assert(
    fc.property(worlds, (world) =>
      within(tables, world, ({ studies, runs }) => {
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
      const studyOf = ({ studies }: Filled) => (of === null ? null : (studies[of]?.id ?? 0));
      within(tables, world, (found) => {
        const own = onCluster(found.runs, cluster, of);
        expect(placements.stopAll(studyOf(found), cluster)).toBe(own.length);
        expect(stops()).toEqual(wanted(found.runs, own));
      });
      within(tables, world, (found) => {
        const [at, { id }] = [of ?? 0, found.studies[of ?? 0] ?? { id: 0 }];
        const own = found.runs.filter(
          (run) =>
            run.on && run.links[at] !== 'none' && run.links.every((link, other) => other === at || link !== 'current'),
        );
        expect(placements.stopStudy(id)).toBe(own.length);
        expect(stops()).toEqual(wanted(found.runs, own));
      });
      within(tables, world, ({ runs }) => {
        const sent = runs.filter((_, n) => n % 2 === 0);
        placements.placeRuns(ids(sent), to);
        expect(placesOf()).toEqual(
          runs.map((run) => ({ id: run.id, place: sent.includes(run) && canGo(run) ? to : run.place })),
        );
      });
      within(tables, world, ({ runs, studies }) => {
        const at = of ?? 0;
        placements.placeStudy(studies[at]?.id ?? 0, to);
        expect(studies.map(({ id }) => placements.placeOf(id))).toEqual(
          studies.map(({ place }, n) => (n === at ? to : place)),
        );
        expect(placesOf()).toEqual(
          runs.map((run) => ({ id: run.id, place: has(run, at) && canGo(run) ? to : run.place })),
        );
      });
      within(tables, world, ({ runs, studies }) => {
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
      within(tables, world, ({ runs }) => {
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
      within(tables, world, ({ runs }) => {
        placements.clampTimes(10);
        expect(times()).toEqual(
          of(runs, ({ on }) => ({
            missedSince: upTo10(on?.missedSince),
            stopAskedAt: upTo10(on?.stopAskedAt),
            cancelledAt: upTo10(on?.cancelledAt),
          })),
        );
      });
    }),
    drawn,
  );
});
