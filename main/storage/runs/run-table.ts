import { z } from 'zod';
import { type ClassifierRecipe, classifierRecipeSchema } from '../../contract/recipes.ts';
import type { Database } from '../database.ts';
import { type RunSummary, type SummaryRow, summaryColumns, toSummary } from './run-record.ts';
import { filterSql, filterValues, groupKeys, type RunQuery, shownState, sortOrders } from './run-query.ts';

/** A run as a row of a table: with its place in the study, its recipe and what it has yielded so far. */
export interface TableRow extends RunSummary {
  role: string | null;
  modelName: string | null;
  group: 'diverse' | 'seeds' | null;
  repeat: number | null;
  /** Of a classifier. */
  recipe: ClassifierRecipe | null;
  snapshots: { target: number; accuracy: number; errors: number; testCount: number }[];
  missed: { target: number; nearestAccuracy: number | null }[];
  /** Newest points of both series of accuracy; null where there is none. */
  measured: { step: number; value: number } | null;
  estimated: { step: number; value: number } | null;
  /** Milliseconds that workers have spent on it. */
  activeTime: number;
  rank: number;
  tags: string[];
  remark: string;
}

interface Row extends SummaryRow {
  role: string | null;
  modelName: string | null;
  group: 'diverse' | 'seeds' | null;
  repeat: number | null;
  recipe: string | null;
  snapshots: string;
  missed: string | null;
  measured: string | null;
  estimated: string | null;
  activeTime: number;
  rank: number;
  tags: string;
  remark: string;
}

export interface Facets {
  states: { value: string; count: number }[];
  kinds: { value: string; count: number }[];
  architectures: { value: string; count: number }[];
  targets: { value: number; count: number }[];
  tags: { value: string; count: number }[];
}

const latest = (series: string): string =>
  `(SELECT json_object('step', step, 'value', value) FROM metric
    WHERE run_id = run.id AND series = '${series}' ORDER BY step DESC LIMIT 1)`;

const rowColumns = `
  ${summaryColumns}, run.rank, run.note AS remark, link.role, link.model_name AS modelName, link.grp AS "group",
  link.repeat_no AS repeat,
  CASE WHEN run.kind = 'classifier' THEN run.task -> '$.recipe' END AS recipe,
  (SELECT json_group_array(json_object('target', target, 'accuracy', accuracy, 'errors', errors, 'testCount', test_count))
   FROM snapshot WHERE run_id = run.id) AS snapshots,
  run.result -> '$.missed' AS missed,
  ${latest('accuracy')} AS measured, ${latest('accuracy (estimated)')} AS estimated,
  (SELECT coalesce(sum(coalesce(ended_at, $now) - claimed_at), 0) FROM run_attempt WHERE run_id = run.id) AS activeTime,
  (SELECT json_group_array(tag) FROM (SELECT tag FROM run_tag WHERE run_id = run.id ORDER BY tag)) AS tags`;

const pointSchema = z.object({ step: z.number(), value: z.number() });
const snapshotsSchema = z.array(
  z.object({ target: z.number(), accuracy: z.number(), errors: z.number(), testCount: z.number() }),
);
const missedSchema = z.array(z.object({ target: z.number(), nearestAccuracy: z.number().nullable() }));
const tagsSchema = z.array(z.string());

/** A study's current runs as a table: order, facets and rows, each as fast as thousands of runs allow. */
export class RunTable {
  readonly #db: Database;
  /** Recipes by their text: thousands of runs share a few. */
  readonly #recipes = new Map<string, ClassifierRecipe>();

  constructor(database: Database) {
    this.#db = database;
  }

  /** Ids in the order asked for, those of a group together, with the keys of their groups (null: not grouped). */
  order(studyId: number, query: RunQuery): { id: number; group: string | null }[] {
    const { by, descending } = query.sort;
    const direction = descending ? 'DESC' : 'ASC';
    return this.#db.all(
      `SELECT run.id, ${groupKeys[query.group]} AS "group"
       FROM study_run AS link JOIN run ON run.id = link.run_id ${filterSql}
       GROUP BY run.id
       ORDER BY "group" IS NULL, "group", ${sortOrders[by].map((term) => `${term} ${direction}`).join(', ')}, run.id`,
      filterValues(studyId, query.filter),
    );
  }

  /** These runs, those that are there, in the order asked for. `studyId` says which place of theirs is meant. */
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

  /** What a study's runs can be filtered by, the most frequent first. */
  facets(studyId: number): Facets {
    const runs = `(SELECT DISTINCT run_id FROM study_run WHERE study_id = $study AND replaced_at IS NULL)`;
    const count = <Value>(value: string, from: string): { value: Value; count: number }[] =>
      this.#db.all(
        `SELECT ${value} AS value, count(*) AS count FROM ${from} WHERE value IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1`,
        { study: studyId },
      );
    const ofRun = <Value>(value: string): { value: Value; count: number }[] =>
      count('value', `(SELECT ${value} AS value FROM run WHERE id IN ${runs})`);
    return {
      states: ofRun(shownState),
      kinds: ofRun('kind'),
      architectures: ofRun(`task ->> '$.recipe.architecture.kind'`),
      targets: count(
        'value',
        `(SELECT each.value FROM run, json_each(task, '$.recipe.targets') AS each WHERE run.id IN ${runs})`,
      ),
      tags: count('value', `(SELECT tag AS value FROM run_tag WHERE run_id IN ${runs})`),
    };
  }

  /** Milliseconds that done classifiers took, newest first, with architecture and hardest target; for estimates. */
  pastTimes(limit: number): { recipe: ClassifierRecipe; activeTime: number }[] {
    return this.#db
      .all<{ recipe: string; activeTime: number }>(
        `SELECT task -> '$.recipe' AS recipe,
           (SELECT sum(ended_at - claimed_at) FROM run_attempt WHERE run_id = run.id) AS activeTime
         FROM run WHERE kind = 'classifier' AND state = 'done' AND attempts > 0 ORDER BY ended_at DESC LIMIT ?`,
        limit,
      )
      .map(({ recipe, activeTime }) => ({ recipe: this.#recipe(recipe), activeTime }));
  }

  /** Recipes of a study's trainings that wait, and how many of each. */
  waitingRecipes(studyId: number): { recipe: ClassifierRecipe; count: number }[] {
    return this.#db
      .all<{ recipe: string; count: number }>(
        `SELECT task -> '$.recipe' AS recipe, count(*) AS count FROM run
         WHERE kind = 'classifier' AND state IN ('queued', 'interrupted') AND held = 0
           AND id IN (SELECT run_id FROM study_run WHERE study_id = ? AND replaced_at IS NULL)
         GROUP BY 1`,
        studyId,
      )
      .map(({ recipe, count }) => ({ recipe: this.#recipe(recipe), count }));
  }

  /** Studies in which a run has a place now. */
  places(runId: number): { study: string; role: string }[] {
    return this.#db.all(
      `SELECT study.name AS study, role FROM study_run JOIN study ON study.id = study_id
       WHERE run_id = ? AND replaced_at IS NULL AND study.deleted_at IS NULL ORDER BY study.name, role`,
      runId,
    );
  }

  #toRow(row: Row): TableRow {
    const { role, modelName, group, repeat, recipe, snapshots, missed, measured, estimated, tags, ...rest } = row;
    const { activeTime, rank, remark, ...summary } = rest;
    return {
      ...toSummary(summary),
      ...{ role, modelName, group, repeat, activeTime, rank, remark },
      recipe: recipe === null ? null : this.#recipe(recipe),
      snapshots: snapshotsSchema.parse(JSON.parse(snapshots)),
      missed: missed === null ? [] : missedSchema.parse(JSON.parse(missed)),
      measured: measured === null ? null : pointSchema.parse(JSON.parse(measured)),
      estimated: estimated === null ? null : pointSchema.parse(JSON.parse(estimated)),
      tags: tagsSchema.parse(JSON.parse(tags)),
    };
  }

  #recipe(text: string): ClassifierRecipe {
    let recipe = this.#recipes.get(text);
    if (!recipe) {
      recipe = classifierRecipeSchema.parse(JSON.parse(text));
      this.#recipes.set(text, recipe);
    }
    return recipe;
  }
}
