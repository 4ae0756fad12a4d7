/** Which runs are on clusters: all answers about random tables are compared with a plain model of them. */
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { slurmPlacements } from '../../../main/contributions/slurm/storage/placements.ts';
import type { Database } from '../../../main/storage/database.ts';
import {
  clusters,
  drawn,
  has,
  ids,
  onCluster,
  open,
  openTables,
  type Run,
  scopes,
  within,
  worlds,
} from '../../storage/random-runs.ts';

let tables: ReturnType<typeof openTables>;
let db: Database;
let placements: ReturnType<typeof slurmPlacements>;
beforeEach(() => {
  tables = openTables();
  db = tables.db;
  placements = slurmPlacements({ ...tables, database: db });
});

test('where runs are and go, of each cluster', () => {
  fc.assert(
    fc.property(worlds, (world) =>
      within(tables, world, ({ studies, runs }) => {
        const groups = Map.groupBy(
          runs.filter(({ on }) => on),
          ({ on }) => `${on?.cluster} ${on?.state === 'running'}`,
        );
        expect(
          placements
            .counts()
            .map(({ cluster, running, count }) => [`${cluster} ${running}`, count])
            .sort(),
        ).toEqual([...groups].map(([key, own]) => [key, own.length]).sort());
        expect(placements.clusters().sort()).toEqual(
          clusters.filter((cluster) => onCluster(runs, cluster, null).length > 0),
        );
        for (const cluster of clusters)
          expect(placements.studiesGoingTo(cluster)).toEqual(
            studies.flatMap(({ name, place, isDeleted, isDeclared }, at) => {
              const goes = runs.some((run) => has(run, at) && run.place === cluster && open.includes(run.state));
              return isDeclared && !isDeleted && (place === cluster || goes) ? [name] : [];
            }),
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

test('what goes to a cluster that is forgotten goes to this computer', () => {
  fc.assert(
    fc.property(worlds, (world) =>
      within(tables, world, ({ runs, studies }) => {
        placements.forget('lab');
        expect(studies.map(({ id }) => placements.placeOf(id))).toEqual(
          studies.map(({ place }) => (place === 'lab' ? null : place)),
        );
        expect(db.all('SELECT id, place FROM run ORDER BY id')).toEqual(
          runs.map(({ id, place, state }) => ({ id, place: place === 'lab' && state !== 'done' ? null : place })),
        );
      }),
    ),
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
