import { z } from 'zod';
import type { HyperparameterSort, RunFilter, runSortSchema, SortKey } from '../../contract/api/runs.ts';
import {
  type ClassifierRecipe,
  classifierRecipeSchema,
  type GeneratorRecipe,
  generatorRecipeSchema,
  targetSchema,
  type Target,
} from '../../contract/recipes/recipes.ts';
import {
  type EngineName,
  placedStates,
  type Snapshot,
  snapshotSchema,
  type TaskKind,
} from '../../contract/runs/run.ts';
import { kept } from '../../domain/numbers/arrays.ts';
import type { Pause } from '../../domain/networks/status.ts';
import { testSeries, validationSeries } from '../../domain/numbers/trend.ts';
import type { Database, SqlValue } from '../database.ts';
import { RunGroups } from './run-groups.ts';
import { RunMemo } from './run-memo.ts';
import { type RunSummary, summaryColumns, type SummaryRow, toSummary } from './run-record.ts';

/** Which of a study's runs are wanted, and in which order. */
export interface RunQuery {
  filter: RunFilter;
  sort: z.infer<typeof runSortSchema>;
  /** Patterns of the roles whose open runs a job does; null, the default: all. */
  working?: readonly string[] | null;
  /** Which runs may not work now. Default: none. */
  pause?: Pause;
}

/** Whether jobs do the runs of this place: `$working` has patterns of roles, null: all. */
const isWorkedOn = `($working IS NULL OR json_array_length($working) > 0 AND EXISTS (
  SELECT 1 FROM study_run AS place, json_each($working) AS pattern WHERE place.run_id = run.id
    AND place.study_id = $study AND place.replaced_at IS NULL AND place.role GLOB pattern.value))`;

/** A cluster does it, whatever jobs there are here. */
const isOnCluster = 'EXISTS (SELECT 1 FROM placement WHERE placement.run_id = run.id)';

/** `shownRunState` of `main/domain/networks/status.ts` in SQL, for filters and orders. */
const shownState = `CASE
  WHEN run.state IN ('queued', 'interrupted') THEN
    CASE WHEN run.held = 1 THEN 'held'
      WHEN ${isOnCluster} THEN iif($pause IS 'all', 'held', 'queued')
      WHEN ${isWorkedOn} THEN iif($pause IS NULL, 'queued', 'held')
      WHEN run.attempts > 0 THEN 'interrupted' ELSE 'unstarted' END
  WHEN run.state = 'done' AND run.kind = 'classifier' AND NOT EXISTS (SELECT 1 FROM snapshot WHERE run_id = run.id)
    THEN 'missed'
  ELSE run.state END`;

const architecture = `run.task ->> '$.recipe.architecture.kind'`;

/** Most urgent first. */
const stateOrder = `CASE ${shownState} WHEN 'running' THEN 0 WHEN 'queued' THEN 1 WHEN 'held' THEN 2
  WHEN 'interrupted' THEN 3 WHEN 'unstarted' THEN 4 WHEN 'failed' THEN 5 WHEN 'cancelled' THEN 6 WHEN 'missed' THEN 7
  ELSE 8 END`;

/** Milliseconds that workers spent on a run; of an attempt in progress until its last sign of life. */
const workedMs = `(SELECT sum(coalesce(ended_at, run.heartbeat_at) - claimed_at) FROM run_attempt WHERE run_id = run.id)`;

/** Training steps of a run so far; null for a run without steps. */
const stepsDone = `CASE WHEN run.kind IN ('classifier', 'generator') THEN coalesce(run.result ->> '$.steps', run.progress_done) END`;

/** Sort terms, the most important first. Names are sorted by their letters, then by the number at their end. */
const sortOrders: Record<Exclude<SortKey, HyperparameterSort>, readonly string[]> = {
  name: [`rtrim(run.label, '0123456789') COLLATE NOCASE`, 'length(run.label)', 'run.label COLLATE NOCASE'],
  state: [stateOrder, 'run.label COLLATE NOCASE'],
  architecture: [architecture, 'run.label COLLATE NOCASE'],
  seed: ['run.seed'],
  accuracy: ['(SELECT max(accuracy) FROM snapshot WHERE run_id = run.id)'],
  // Of single runs it would have to be computed; groups of them are sorted by it.
  trend: ['run.label COLLATE NOCASE'],
  progress: [`CASE WHEN run.state = 'done' THEN 2.0 ELSE run.progress_done * 1.0 / max(run.progress_total, 1) END`],
  engine: ['run.ran_on'],
  steps: [stepsDone],
  time: [workedMs],
  speed: [`${stepsDone} * 1.0 / max(${workedMs}, 1)`],
  queued: ['run.queued_at'],
  ended: ['run.ended_at'],
};

/** Runs without the hyperparameter come last, in both directions. */
function sortTerms(by: SortKey, direction: 'ASC' | 'DESC'): string {
  if (!isHyperparameterSort(by)) return sortOrders[by].map((term) => `${term} ${direction}`).join(', ');
  const value = 'json_extract(run.task, $sortPath)';
  return `${value} IS NULL, ${value} ${direction}, run.label COLLATE NOCASE`;
}

const isHyperparameterSort = (by: SortKey): by is HyperparameterSort => by.startsWith('recipe.');

type Working = Pick<RunQuery, 'working' | 'pause'>;

/** What `shownState` depends on besides the run. */
const workingNow = ({ working, pause }: Working): { working: string | null; pause: Pause } => ({
  working: working ? JSON.stringify(working) : null,
  pause: pause ?? null,
});

/** The sum for each value, the most frequent first, then by value as SQLite sorts: numbers before texts. */
function counted<Value extends string | number>(
  each: readonly (readonly [value: Value, count: number])[],
): { value: Value; count: number }[] {
  const sums = new Map<Value, number>();
  for (const [value, count] of each) sums.set(value, (sums.get(value) ?? 0) + count);
  const compare = (a: Value, b: Value): number => {
    if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
  };
  return [...sums]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || compare(a.value, b.value));
}

const runsOfStudy = '(SELECT run_id FROM study_run WHERE study_id = $study AND replaced_at IS NULL)';

const filterCondition = (value: string, name: string): string =>
  `($${name} IS NULL OR ${value} IN (SELECT value FROM json_each($${name})))`;

/** Text that the words of a filter are searched in. */
const haystack = `lower(concat_ws(' ', run.label, run.kind, ${architecture}, run.ran_on, run.place, ${shownState}, run.note,
  run.failure_message, (SELECT group_concat(tag, ' ') FROM run_tag WHERE run_id = run.id)))`;

const filterSql = `
  WHERE link.study_id = $study AND link.replaced_at IS NULL
    AND ${filterCondition(shownState, 'states')} AND ${filterCondition('run.kind', 'kinds')} AND ${filterCondition(architecture, 'architectures')}
    AND ($targets IS NULL OR EXISTS (
      SELECT 1 FROM json_each(run.task, '$.recipe.targets') AS its
      WHERE its.value IN (SELECT value FROM json_each($targets))))
    AND ($tags IS NULL OR EXISTS (
      SELECT 1 FROM run_tag WHERE run_id = run.id AND tag IN (SELECT value FROM json_each($tags))))
    AND ($like IS NULL OR json_remove(run.task, '$.seed') = (SELECT json_remove(task, '$.seed') FROM run WHERE id = $like))
    AND ($archived = 1 OR run.archived = 0)
    AND ($words IS NULL OR NOT EXISTS (
      SELECT 1 FROM json_each($words) AS word WHERE instr(${haystack}, word.value) = 0))`;

function filterValues(study: number, filter: RunFilter): Record<string, SqlValue> {
  const list = (values: readonly (string | number)[]): string | null =>
    values.length === 0 ? null : JSON.stringify(values);
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 20);
  const { states, kinds, architectures, targets, tags, like, archived } = filter;
  return {
    study,
    like,
    archived: archived ? 1 : 0,
    states: list(states),
    kinds: list(kinds),
    architectures: list(architectures),
    targets: list(targets),
    tags: list(tags),
    words: list(words),
  };
}

/** A run as a row of a table: with its role in the study, its recipe and its results so far. */
export interface TableRow extends RunSummary {
  role: string | null;
  modelName: string | null;
  group: 'diverse' | 'seeds' | null;
  repeat: number | null;
  /** Recipe of a classifier; null for other kinds of runs. */
  recipe: ClassifierRecipe | null;
  /** Hash of the data set that it trains on; null for other kinds of runs. */
  dataSetHash: string | null;
  snapshots: Omit<Snapshot, 'weights'>[];
  missed: { target: Target; nearestAccuracy: number | null }[];
  /** Latest points of both series of accuracy, of the images that decide; null without points. */
  measured: { step: number; value: number } | null;
  estimated: { step: number; value: number } | null;
  /** Milliseconds of worker time. */
  activeTime: number;
  /** Training steps so far; null without steps. */
  steps: number | null;
  rank: number;
  tags: string[];
  remark: string;
  archived: boolean;
  /** The cluster that it goes to; null: this computer. */
  place: string | null;
  /** Its task of a job on a cluster; null: it is on none now. */
  there: z.infer<typeof thereSchema> | null;
  /** Where its last attempt ran: a cluster, or null for this computer. Null: no attempt yet. */
  lastAt: z.infer<typeof lastAtSchema> | null;
}

const thereSchema = z.object({
  cluster: z.string(),
  job: z.string().nullable(),
  task: z.number(),
  state: z.enum(placedStates),
  reason: z.string().nullable(),
  node: z.string().nullable(),
  restarts: z.number(),
  endsAt: z.number().nullable(),
});
const lastAtSchema = z.object({ cluster: z.string().nullable(), host: z.string() });

/** Columns that SQL gives as JSON. */
type JsonColumn = 'recipe' | 'snapshots' | 'missed' | 'measured' | 'estimated' | 'tags' | 'there' | 'lastAt';
type Row = SummaryRow &
  Omit<TableRow, keyof RunSummary | JsonColumn | 'archived'> &
  Record<'snapshots' | 'tags', string> &
  Record<Exclude<JsonColumn, 'snapshots' | 'tags'>, string | null> & { archived: number };

/** A finished run. `recipe`: JSON of a training, else null. */
export interface PastRun {
  kind: TaskKind;
  recipe: string | null;
  /** Hash; null where the task names none. */
  dataSet: string | null;
  engine: EngineName;
  /** Of a training, with those that it repeated; null: it has none. */
  steps: number | null;
  /**
   * Milliseconds that `pacedSteps` steps took: processor time where that is known, as other work may have kept the computer
   * busy; never time that it slept. Of a short run, from its claim to its end. Null: not known.
   */
  workedMs: number | null;
  pacedSteps: number | null;
}

export interface Facets {
  states: { value: string; count: number }[];
  kinds: { value: string; count: number }[];
  architectures: { value: string; count: number }[];
  targets: { value: Target; count: number }[];
  tags: { value: string; count: number }[];
  /** Number of archived runs. */
  archived: number;
}

const latest = (series: string): string =>
  `(SELECT json_object('step', step, 'value', value) FROM metric
    WHERE run_id = run.id AND series = '${series}' ORDER BY step DESC LIMIT 1)`;

const rowColumns = `
  ${summaryColumns}, run.rank, run.note AS remark, run.archived, run.place, link.role, link.model_name AS modelName, link.grp AS "group",
  link.repeat_no AS repeat,
  CASE WHEN run.kind = 'classifier' THEN run.task -> '$.recipe' END AS recipe,
  run.task ->> '$.dataSetHash' AS dataSetHash, ${stepsDone} AS steps,
  (SELECT json_group_array(json_object('target', target, 'step', step, 'accuracy', accuracy, 'errors', errors, 'testCount', test_count))
   FROM snapshot WHERE run_id = run.id) AS snapshots,
  (SELECT json_object('cluster', cluster, 'job', job, 'task', placement.task, 'state', placement.state, 'reason', reason, 'node', node,
     'restarts', restarts, 'endsAt', ends_at) FROM placement WHERE run_id = run.id) AS there,
  (SELECT json_object('cluster', environment ->> '$.cluster.name', 'host', environment ->> '$.machine.host') FROM run_attempt
   WHERE run_id = run.id ORDER BY attempt DESC LIMIT 1) AS lastAt,
  run.result -> '$.missed' AS missed,
  coalesce(${latest(testSeries.counted)}, ${latest(validationSeries.counted)}) AS measured,
  coalesce(${latest(testSeries.estimated)}, ${latest(validationSeries.estimated)}) AS estimated,
  (SELECT coalesce(sum(coalesce(ended_at, $now) - claimed_at), 0) FROM run_attempt WHERE run_id = run.id) AS activeTime,
  (SELECT json_group_array(tag) FROM (SELECT tag FROM run_tag WHERE run_id = run.id ORDER BY tag)) AS tags`;

const pointSchema = z.object({ step: z.number(), value: z.number() });
const snapshotsSchema = z.array(snapshotSchema.omit({ weights: true }));
const missedSchema = z.array(z.object({ target: targetSchema, nearestAccuracy: z.number().nullable() }));
const tagsSchema = z.array(z.string());

/** A study's current runs as a table: order, facets and rows, each as fast as thousands of runs allow. */
export class RunTable {
  readonly #db: Database;
  /** Recipes by their text: thousands of runs share a few. */
  readonly #recipes = new Map<string, ClassifierRecipe>();
  readonly #generatorRecipes = new Map<string, GeneratorRecipe>();
  /** Keeps what services compute from runs and the declaration, too. */
  readonly memo: RunMemo;
  readonly groups: RunGroups;

  constructor(database: Database) {
    this.#db = database;
    this.memo = new RunMemo(database);
    this.groups = new RunGroups(database, this.memo);
  }

  /** Ids in the given order. */
  order(studyId: number, query: RunQuery): readonly number[] {
    const read = (): number[] => this.#order(studyId, query);
    const { by } = query.sort;
    // Progress is no change of a run that is watched, and words may be in anything.
    if (query.filter.text !== '' || ['progress', 'steps', 'time', 'speed'].includes(by)) return read();
    const { states, tags } = query.filter;
    const isLasting = isHyperparameterSort(by) || by === 'name' || by === 'seed' || by === 'architecture';
    const until = isLasting && states.length === 0 && tags.length === 0 ? 'lists' : 'runs';
    return this.memo.kept(`order ${studyId} ${JSON.stringify(query)}`, read, until);
  }

  #order(studyId: number, query: RunQuery): number[] {
    const { by, descending } = query.sort;
    const rows = this.#db.all<{ id: number }>(
      `SELECT run.id FROM study_run AS link JOIN run ON run.id = link.run_id ${filterSql}
       GROUP BY run.id ORDER BY ${sortTerms(by, descending ? 'DESC' : 'ASC')}, run.id`,
      {
        ...filterValues(studyId, query.filter),
        ...workingNow(query),
        ...(isHyperparameterSort(by) && { sortPath: `$.${by}` }),
      },
    );
    return rows.map(({ id }) => id);
  }

  /** The state that is shown of each of these runs of the study. */
  states(studyId: number, ids: readonly number[], now: Working = {}): (string | null)[] {
    const values = { study: studyId, ...workingNow(now) };
    const found = this.memo.kept(`states ${JSON.stringify(values)}`, () =>
      this.#db.all<{ id: number; state: string }>(
        `SELECT run.id, ${shownState} AS state FROM run WHERE run.id IN ${runsOfStudy}`,
        values,
      ),
    );
    const states = new Map(found.map(({ id, state }) => [id, state]));
    return ids.map((id) => states.get(id) ?? null);
  }

  /** The existing ones of these runs, in the given order, with their role in study `studyId`. */
  rows(studyId: number | null, ids: readonly number[], now: number): TableRow[] {
    return this.#db
      .all<Row>(
        `SELECT ${rowColumns}
         FROM json_each($ids) AS wanted JOIN run ON run.id = wanted.value
         LEFT JOIN study_run AS link ON link.id = (
           SELECT min(id) FROM study_run
           WHERE run_id = run.id AND replaced_at IS NULL AND ($study IS NULL OR study_id = $study))
         ORDER BY wanted.key`,
        { ids: JSON.stringify(ids), study: studyId, now },
      )
      .map((row) => this.#toRow(row));
  }

  /** Values by which a study's runs can be filtered, the most frequent first. */
  facets(studyId: number, now: Working = {}): Facets {
    const values = { study: studyId, ...workingNow(now) };
    return this.memo.kept(`facets ${JSON.stringify(values)}`, () => this.#facets(values));
  }

  #facets(values: Record<string, SqlValue> & { study: number }): Facets {
    const found = this.#db.all<{ state: string; kind: string; archived: number; count: number }>(
      `SELECT ${shownState} AS state, kind, archived, count(*) AS count FROM run WHERE id IN ${runsOfStudy}
       GROUP BY 1, 2, 3`,
      values,
    );
    const tags = this.#db.all<{ value: string; count: number }>(
      `SELECT tag AS value, count(*) AS count FROM run_tag WHERE run_id IN ${runsOfStudy} GROUP BY 1`,
      values,
    );
    const recipes = this.groups.recipesOfStudy(values.study);
    return {
      states: counted(found.map(({ state, count }) => [state, count])),
      kinds: counted(found.map(({ kind, count }) => [kind, count])),
      architectures: counted(recipes.map(([{ architecture }, count]) => [architecture, count])),
      targets: counted(recipes.flatMap(([{ targets }, count]) => targets.map((target) => [target, count] as const))),
      tags: counted(tags.map(({ value, count }) => [value, count])),
      archived: found.reduce((sum, { archived, count }) => sum + archived * count, 0),
    };
  }

  /** What finished runs of this machine took, newest first, for estimates. @param limit of trainings, and of other runs */
  recentDurations(limit: number): PastRun[] {
    return this.#db.all<PastRun>(
      `SELECT kind, recipe, dataSet, engine, steps,
         CASE WHEN recipe IS NULL THEN (SELECT sum(ended_at - claimed_at) FROM run_attempt WHERE run_id = id)
           ELSE coalesce(min(worked_ms, coalesce(processor_ms, worked_ms)), result ->> '$.trainMs' + result ->> '$.lookMs') END AS workedMs,
         CASE WHEN worked_ms IS NULL THEN steps ELSE steps - coalesce(resumed_at, 0) END AS pacedSteps
       FROM (
         SELECT id, kind, CASE WHEN kind IN ('classifier', 'generator') THEN task -> '$.recipe' END AS recipe,
           task ->> '$.dataSetHash' AS dataSet, ran_on AS engine, result, worked_ms, processor_ms, resumed_at, ended_at,
           max(coalesce(progress_done, 0), result ->> '$.steps') AS steps
         FROM run WHERE id IN (
           SELECT id FROM (
             SELECT id, row_number() OVER (PARTITION BY kind IN ('classifier', 'generator') ORDER BY ended_at DESC) AS nth
             FROM run WHERE state = 'done' AND attempts > 0 AND ran_on IS NOT NULL)
           WHERE nth <= ?))
       ORDER BY ended_at DESC`,
      limit,
    );
  }

  /** Changes when another run has finished. */
  finished(): string {
    const row = this.#db.get<{ n: number; last: number | null }>(
      `SELECT count(*) AS n, max(ended_at) AS last FROM run WHERE state = 'done'`,
    );
    return `${row?.n} ${row?.last}`;
  }

  /** A study's trainings by their id: recipe, and the cluster that they go to or are on (null: this computer). */
  trainingsOf(studyId: number): Map<number, { recipe: ClassifierRecipe | GeneratorRecipe; cluster: string | null }> {
    const rows = this.#db.all<{ id: number; kind: TaskKind; recipe: string; cluster: string | null }>(
      `SELECT id, kind, task -> '$.recipe' AS recipe,
         coalesce((SELECT cluster FROM placement WHERE run_id = run.id), place) AS cluster
       FROM run WHERE kind IN ('classifier', 'generator')
         AND id IN (SELECT run_id FROM study_run WHERE study_id = ? AND replaced_at IS NULL)`,
      studyId,
    );
    return new Map(
      rows.map(({ id, kind, recipe, cluster }) => [
        id,
        { recipe: kind === 'generator' ? this.#generatorRecipe(recipe) : this.#recipe(recipe), cluster },
      ]),
    );
  }

  /** Studies that have the run, with its role. */
  places(runId: number): { study: string; role: string }[] {
    return this.#db.all(
      `SELECT study.name AS study, role FROM study_run JOIN study ON study.id = study_id
       WHERE run_id = ? AND replaced_at IS NULL AND study.deleted_at IS NULL
         AND EXISTS (SELECT 1 FROM study_spec WHERE study_id = study.id) ORDER BY study.name, role`,
      runId,
    );
  }

  #toRow(row: Row): TableRow {
    const { role, modelName, group, repeat, recipe, snapshots, missed, measured, estimated, tags, ...rest } = row;
    const { activeTime, steps, dataSetHash, rank, remark, archived, place, there, lastAt, ...summary } = rest;
    return {
      ...toSummary(summary),
      role,
      modelName,
      group,
      repeat,
      activeTime,
      steps,
      dataSetHash,
      rank,
      remark,
      place,
      there: there === null ? null : thereSchema.parse(JSON.parse(there)),
      lastAt: lastAt === null ? null : lastAtSchema.parse(JSON.parse(lastAt)),
      archived: archived === 1,
      recipe: recipe === null ? null : this.#recipe(recipe),
      snapshots: snapshotsSchema.parse(JSON.parse(snapshots)),
      missed: missed === null ? [] : missedSchema.parse(JSON.parse(missed)),
      measured: measured === null ? null : pointSchema.parse(JSON.parse(measured)),
      estimated: estimated === null ? null : pointSchema.parse(JSON.parse(estimated)),
      tags: tagsSchema.parse(JSON.parse(tags)),
    };
  }

  #recipe(text: string): ClassifierRecipe {
    return kept(this.#recipes, text, () => classifierRecipeSchema.parse(JSON.parse(text)));
  }

  #generatorRecipe(text: string): GeneratorRecipe {
    return kept(this.#generatorRecipes, text, () => generatorRecipeSchema.parse(JSON.parse(text)));
  }
}

/** What people wrote on runs: tags and notes, and which ones they archived. */
export class RunNotes {
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  note(runId: number): string {
    return this.#db.get<{ note: string }>('SELECT note FROM run WHERE id = ?', runId)?.note ?? '';
  }

  /** @param note at most 10,000 characters; empty: none. */
  setNote(runId: number, note: string): void {
    this.#db.run('UPDATE run SET note = ? WHERE id = ?', note, runId);
  }

  setArchived(runIds: readonly number[], archived: boolean): void {
    this.#db.run(
      'UPDATE run SET archived = ? WHERE id IN (SELECT value FROM json_each(?))',
      archived ? 1 : 0,
      JSON.stringify(runIds),
    );
  }

  /** In alphabetical order. */
  tags(runId: number): string[] {
    return this.#db
      .all<{ tag: string }>('SELECT tag FROM run_tag WHERE run_id = ? ORDER BY tag', runId)
      .map(({ tag }) => tag);
  }

  /** Adds and removes tags of runs, all or nothing. Ids without a run are skipped. */
  tag(runIds: readonly number[], { add, remove }: { add: readonly string[]; remove: readonly string[] }): void {
    const ids = JSON.stringify(runIds);
    this.#db.transaction(() => {
      this.#db.run(
        `DELETE FROM run_tag WHERE run_id IN (SELECT value FROM json_each(?))
           AND tag IN (SELECT value FROM json_each(?))`,
        ids,
        JSON.stringify(remove),
      );
      this.#db.run(
        `INSERT INTO run_tag (run_id, tag) SELECT run.id, tags.value FROM run, json_each(?) AS tags
         WHERE run.id IN (SELECT value FROM json_each(?)) ON CONFLICT DO NOTHING`,
        JSON.stringify(add),
        ids,
      );
    });
  }
}
