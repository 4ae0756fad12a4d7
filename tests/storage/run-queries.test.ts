/** What tables and queues ask about runs: all answers about random tables are compared with a plain model of them. */
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { type RunFilter, runFilterSchema } from '../../main/contract/api/runs.ts';
import { RunTable } from '../../main/storage/runs/run-table.ts';
import { StudyRuns } from '../../main/storage/study-runs.ts';
import { drawn, type Filled, has, ids, oneOf, open, openTables, type Run, within, worlds } from './random-runs.ts';
import { cases } from '../thorough.ts';

let tables: ReturnType<typeof openTables>;
let table: RunTable;
let studyRuns: StudyRuns;
beforeEach(() => {
  tables = openTables();
  table = new RunTable(tables.db);
  studyRuns = new StudyRuns(tables.db);
});

const roles: readonly (readonly string[] | null)[] = [null, [], ['models/[0-2]'], ['models/1', 'models/4']];
const matches = (patterns: readonly string[] | null, { n }: Run): boolean =>
  patterns === null || (patterns[0] === 'models/[0-2]' ? n <= 2 : patterns.includes(`models/${n}`));

interface Asked {
  working: readonly string[] | null;
  pause: 'all' | 'here' | null;
}
const begun = ({ state }: Run): boolean => state !== 'queued' && state !== 'cancelled';

/** The state that a person reads of a run of a study. */
function shown(run: Run, { working, pause }: Asked): string {
  if (run.state === 'queued' || run.state === 'interrupted') {
    if (run.held) return 'held';
    if (run.on) return pause === 'all' ? 'held' : 'queued';
    if (matches(working, run)) return pause === null ? 'queued' : 'held';
    return run.state === 'interrupted' ? 'interrupted' : 'unstarted';
  }
  return run.state === 'done' && run.kind === 'classifier' && !run.hasSnapshot ? 'missed' : run.state;
}

/** All that a search looks through. */
const words = (run: Run, asked: Asked): string =>
  [
    ...[
      `${run.kind}, seed ${run.kind === 'predictions' ? null : run.n}`,
      run.kind,
      run.kind === 'classifier' ? 'mlp' : '',
    ],
    ...[
      begun(run) ? 'wasm' : '',
      run.place ?? '',
      shown(run, asked),
      run.note,
      run.state === 'failed' ? 'm' : '',
      ...run.tags,
    ],
  ]
    .join(' ')
    .toLowerCase();

const texts = oneOf(
  '',
  '',
  'MLP',
  'wasm',
  'lab',
  'small',
  'odd  done',
  'fast small',
  'seed 2',
  'held',
  'nowhere',
  'failed m',
);
const filters = fc.record({
  text: texts,
  states: fc.subarray(['queued', 'held', 'running', 'missed', 'done', 'unstarted'] as const, { maxLength: 2 }),
  kinds: oneOf([], [], ['classifier'], ['generator', 'predictions']),
  architectures: oneOf([], [], ['mlp'], ['cnn', 'vit']),
  targets: oneOf([], [], [98], [99]),
  tags: oneOf([], [], ['fast'], ['small', 'none']),
  archived: fc.boolean(),
});
const pauses: readonly Asked['pause'][] = [null, null, 'all', 'here'];
const asking = fc.record({ working: oneOf(...roles), pause: oneOf(...pauses) });

function passes(run: Run, filter: RunFilter, asked: Asked): boolean {
  const { text, states, kinds, architectures, targets, tags, archived } = filter;
  const among = (values: readonly unknown[], value: unknown) => values.length === 0 || values.includes(value);
  const isClassifier = run.kind === 'classifier';
  return (
    (archived || !run.archived) &&
    among(states, shown(run, asked)) &&
    among(kinds, run.kind) &&
    among(architectures, isClassifier ? 'mlp' : null) &&
    (targets.length === 0 || (isClassifier && targets.includes(98))) &&
    (tags.length === 0 || run.tags.some((tag) => tags.includes(tag))) &&
    text
      .toLowerCase()
      .split(/\s+/)
      .every((word) => words(run, asked).includes(word))
  );
}

type Grouping = 'state' | 'architecture' | 'tag';

function keysOf(table: RunTable, study: number, order: readonly number[], group: Grouping, asked: Asked) {
  if (group === 'state') return table.states(study, order, asked);
  return group === 'tag' ? table.groups.ofStudy(study, order, 'tag') : table.groups.ofRecipes(order, group);
}

test('a table of runs has those that pass its filter, in their order, with the keys of their groups', () => {
  const groups = oneOf<Grouping>('state', 'architecture', 'tag');
  fc.assert(
    fc.property(
      worlds,
      filters,
      asking,
      groups,
      fc.nat(2),
      fc.boolean(),
      (world, wanted, asked, group, of, descending) =>
        within(tables, world, ({ studies, runs }) => {
          const filter = runFilterSchema.parse(wanted);
          // Each world has other recipes under the same ids.
          const table = new RunTable(tables.db);
          const keyOf = (run: Run): string | null => {
            if (group === 'state') return shown(run, asked);
            if (group === 'tag') return run.tags.toSorted()[0] ?? null;
            return run.kind === 'classifier' ? 'mlp' : null;
          };
          const seedOf = (run: Run): number => (run.kind === 'predictions' ? -1 : run.n);
          const own = runs.filter((run) => has(run, of) && passes(run, filter, asked));
          const sorted = own.toSorted((a, b) => {
            const seeds = descending ? seedOf(b) - seedOf(a) : seedOf(a) - seedOf(b);
            return seeds || a.id - b.id;
          });
          const study = studies[of]?.id ?? 0;
          const query = { filter, sort: { by: 'seed' as const, descending }, ...asked };
          const order = table.order(study, query);
          expect(order).toEqual(ids(sorted));
          expect(keysOf(table, study, order, group, asked)).toEqual(sorted.map(keyOf));
          const [like] = own;
          if (!like) return;
          const alike = table.order(study, { ...query, filter: { ...filter, like: like.id } });
          // Tasks of predictions name their model, so that each is alone.
          const isLike = (run: Run) => run === like || (run.kind === like.kind && run.kind !== 'predictions');
          expect(alike).toEqual(ids(sorted.filter(isLike)));
        }),
    ),
    { numRuns: cases(80) },
  );
});

/** Values by how often they come, then by themselves. */
function counted<T extends string | number>(values: readonly (T | null)[]): { value: T; count: number }[] {
  const found = Map.groupBy(
    values.filter((value) => value !== null),
    (value) => value,
  );
  return [...found]
    .map(([value, all]) => ({ value, count: all.length }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

test('facets count what a study has now, and waiting trainings are counted by where they go', () => {
  fc.assert(
    fc.property(worlds, asking, fc.nat(2), (world, asked, of) =>
      within(tables, world, ({ studies, runs }) => {
        const table = new RunTable(tables.db);
        const studyId = studies[of]?.id ?? 0;
        const own = runs.filter((run) => has(run, of));
        const classifiers = own.filter(({ kind }) => kind === 'classifier');
        expect(table.facets(studyId, asked)).toEqual({
          states: counted(own.map((run) => shown(run, asked))),
          kinds: counted(own.map(({ kind }) => kind)),
          architectures: counted(classifiers.map(() => 'mlp')),
          targets: counted(classifiers.flatMap(() => [97.5, 98])),
          tags: counted(own.flatMap(({ tags }) => tags)),
          archived: own.filter(({ archived }) => archived).length,
        });
        const trainings = own.filter(({ kind }) => kind === 'classifier' || kind === 'generator');
        expect(new Map([...table.trainingsOf(studyId)].map(([id, { cluster }]) => [id, cluster]))).toEqual(
          new Map(trainings.map(({ id, on, place }) => [id, on?.cluster ?? place])),
        );
      }),
    ),
    drawn,
  );
});

test('queues: runs and counts of a study, by state and kind; what is held, left or nowhere', () => {
  const states = fc.option(fc.subarray(['queued', 'running', 'interrupted', 'done'] as const));
  const kinds = fc.option(fc.subarray(['classifier', 'generator'] as const));
  fc.assert(
    fc.property(worlds, states, kinds, fc.option(fc.nat(2)), oneOf(...roles), (world, wanted, ofKinds, of, pattern) =>
      within(tables, world, ({ studies, runs }: Filled) => {
        const filter = {
          ...(wanted && { states: wanted }),
          ...(ofKinds && { kinds: ofKinds }),
          ...(of !== null && { studyId: studies[of]?.id ?? 0 }),
        };
        const fitting = runs.filter(
          (run) =>
            (wanted?.some((state) => state === run.state) ?? true) &&
            (ofKinds?.some((kind) => kind === run.kind) ?? true) &&
            (of === null || has(run, of)),
        );
        expect(tables.runs.list(filter).map(({ id }) => id)).toEqual(ids(fitting));
        const count = (state: Run['state']) => fitting.filter((run) => run.state === state).length;
        expect(tables.runs.counts(filter)).toEqual({
          queued: count('queued'),
          running: count('running'),
          interrupted: count('interrupted'),
          done: count('done'),
          failed: count('failed'),
          cancelled: count('cancelled'),
        });
        for (const [at, { id }] of studies.entries()) {
          const left = runs.filter((run) => has(run, at) && open.includes(run.state) && matches(pattern, run));
          expect(studyRuns.hasOnlyHeldRuns(id, pattern)).toBe(
            left.length > 0 && left.every(({ held, state }) => held && state !== 'running'),
          );
          expect(studyRuns.removed(id, [...ids(runs), 999])).toEqual([
            ...ids(runs.filter((run) => !has(run, at))),
            999,
          ]);
          expect(
            studyRuns.list(id).map(({ runId, role, held, place, there }) => [runId, role, held, place, there?.cluster]),
          ).toEqual(
            runs.filter((run) => has(run, at)).map((run) => [run.id, run.role, run.held, run.place, run.on?.cluster]),
          );
        }
        for (const run of runs)
          expect(table.places(run.id)).toEqual(
            studies.flatMap(({ name, isDeclared, isDeleted }, at) =>
              has(run, at) && isDeclared && !isDeleted ? [{ study: name, role: run.role }] : [],
            ),
          );
      }),
    ),
    drawn,
  );
});
