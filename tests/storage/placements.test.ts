/** Where trainings go and which are on clusters: answers about random tables are compared with a plain model of them. */
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { Database } from '../../main/storage/database.ts';
import { Placements } from '../../main/storage/runs/placements.ts';
import {
  drawn,
  type Filled,
  has,
  ids,
  onCluster,
  oneOf,
  open,
  openTables,
  type Run,
  scopes,
  somewhere,
  within,
  worlds,
} from './random-runs.ts';

let tables: ReturnType<typeof openTables>;
let db: Database;
let placements: Placements;
beforeEach(() => {
  tables = openTables();
  db = tables.db;
  placements = new Placements(db, tables.runs);
});

test('where runs are and go, of each study', () => {
  fc.assert(
    fc.property(worlds, (world) =>
      within(tables, world, ({ studies, runs }) => {
        for (const [at, { id, place }] of studies.entries()) {
          const own = runs.filter((run) => has(run, at));
          expect(placements.areUsedBy(id)).toBe(place !== null || own.some((run) => run.place !== null || run.on));
          expect(placements.placeOf(id)).toBe(place);
          const there = own.flatMap((run): [number, string][] => {
            const goesTo = run.state === 'running' ? null : run.place;
            const cluster = run.on?.cluster ?? goesTo;
            return cluster !== null && open.includes(run.state) ? [[run.id, cluster]] : [];
          });
          expect(placements.onClusters(id)).toEqual(new Map(there));
        }
        const asked = runs.filter((_, n) => n % 3 !== 2);
        expect(placements.openTrainings(ids(asked))).toEqual(
          asked
            .filter(({ kind, state }) => kind !== 'predictions' && state !== 'done')
            .map(({ id, on, state }) => ({ id, at: on?.cluster ?? (state === 'running' ? null : undefined) })),
        );
        for (const run of runs) expect(placements.has(run.id)).toBe(run.on !== null);
      }),
    ),
    drawn,
  );
});

test('what is sent or asked to come back changes the runs meant, and no others', () => {
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
    }),
    drawn,
  );
});
