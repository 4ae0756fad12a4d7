import type { HyperparameterSort, RunGroup } from '../../contract/api/runs.ts';
import type { ClassifierRecipe, Target } from '../../contract/recipes/recipes.ts';
import { kept } from '../../domain/numbers/arrays.ts';
import {
  differingHyperparameters,
  type Hyperparameters,
  hyperparameters,
} from '../../domain/settings/recipe-settings.ts';
import type { Database } from '../database.ts';
import type { RunMemo } from './run-memo.ts';

/** What runs that are done came to, by the place that `places` gives; NaN: the run has none. */
export interface RunNumbers {
  places: ReadonlyMap<number, number>;
  /** Training steps, and milliseconds of workers. */
  steps: Float64Array;
  time: Float64Array;
  /** Of the snapshots of each target: percent of test images, and the step. */
  accuracy: ReadonlyMap<Target, Float64Array>;
  reachedAt: ReadonlyMap<Target, Float64Array>;
}

/** A recipe by its JSON: thousands of runs share a few. */
interface Recipe {
  text: string;
  architecture: string;
  targets: readonly Target[];
  values: Hyperparameters;
}

interface Differing {
  /** Their keys. */
  differing: string[];
  /** The most decimals that their numbers have, where they have any. */
  decimals: Record<string, number>;
}

/** Of a number as it is read: 0.001 has three; one with a power of ten has none. */
const decimalsOf = (value: string | number | undefined): number =>
  typeof value === 'number' ? (/^-?\d+\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0) : 0;

/** What runs are grouped by, and the numbers of which groups have means. */
export class RunGroups {
  readonly #db: Database;
  readonly #memo: RunMemo;
  readonly #recipes = new Map<string, Recipe>();
  /** By the id of the run, of which the recipe never changes; null: not a training of a classifier. */
  readonly #ofRun = new Map<number, Recipe | null>();
  /** Of lists of runs that are kept themselves. */
  readonly #ofList = new WeakMap<readonly number[], (Recipe | null)[]>();
  readonly #differing = new WeakMap<readonly number[], Differing>();

  constructor(database: Database, memo: RunMemo) {
    this.#db = database;
    this.#memo = memo;
  }

  /** The hyperparameters that differ among these runs. */
  differing(ids: readonly number[]): Differing {
    return kept(this.#differing, ids, () => {
      const all = new Set<Hyperparameters>();
      for (const recipe of this.#recipesOf(ids)) if (recipe) all.add(recipe.values);
      const differing = differingHyperparameters(all);
      const most = differing.map(
        (key) => [key, Math.max(...[...all].map((values) => decimalsOf(values[key])))] as const,
      );
      return { differing, decimals: Object.fromEntries(most.filter(([, count]) => count > 0)) };
    });
  }

  /** Recipes of the study's trainings of classifiers, and how many have each. */
  recipesOfStudy(studyId: number): [Pick<Recipe, 'architecture' | 'targets'>, number][] {
    const ids = this.#memo.kept(
      `runs of ${studyId}`,
      () => this.#db.all<{ id: number }>(`SELECT DISTINCT run_id AS id FROM (${ofStudy})`, studyId).map(({ id }) => id),
      'models',
    );
    const counts = new Map<Recipe, number>();
    for (const recipe of this.#recipesOf(ids)) if (recipe) counts.set(recipe, (counts.get(recipe) ?? 0) + 1);
    return [...counts];
  }

  /** What each of these runs is in by a part of its recipe; null: it has none. */
  ofRecipes(ids: readonly number[], by: 'architecture' | 'recipe' | HyperparameterSort): (string | number | null)[] {
    const path = by.replace(/^recipe\./, '');
    const keyOf = ({ text, architecture, values }: Recipe): string | number | null =>
      by === 'recipe' ? text : by === 'architecture' ? architecture : (values[path] ?? null);
    return this.#recipesOf(ids).map((recipe) => recipe && keyOf(recipe));
  }

  /** The first tag of each of these runs, or whether it is one of the diverse models; null: neither. */
  ofStudy(studyId: number, ids: readonly number[], by: Extract<RunGroup, 'tag' | 'group'>): (string | null)[] {
    const value = by === 'tag' ? '(SELECT min(tag) FROM run_tag WHERE run_id = link.run_id)' : 'min(link.grp)';
    const found = this.#memo.kept(`${by} of ${studyId}`, () =>
      this.#db.all<{ id: number; key: string | null }>(
        `SELECT link.run_id AS id, ${value} AS key FROM study_run AS link
         WHERE study_id = ? AND replaced_at IS NULL GROUP BY link.run_id`,
        studyId,
      ),
    );
    const keys = new Map(found.map(({ id, key }) => [id, key]));
    return ids.map((id) => keys.get(id) ?? null);
  }

  /** Numbers of the study's trainings of classifiers that are done. */
  numbers(studyId: number): RunNumbers {
    return this.#memo.kept(`numbers of ${studyId}`, () => {
      const done = this.#db.all<{ id: number; steps: number | null; ms: number | null }>(
        `SELECT id, result ->> '$.steps' AS steps,
           (SELECT sum(ended_at - claimed_at) FROM run_attempt WHERE run_id = id) AS ms
         FROM run WHERE state = 'done' AND kind = 'classifier' AND id IN (${ofStudy})`,
        studyId,
      );
      const places = new Map(done.map(({ id }, place) => [id, place]));
      const snapshots = this.#db.all<{ id: number; target: Target; accuracy: number; step: number }>(
        `SELECT run_id AS id, target, accuracy, step FROM snapshot WHERE run_id IN (${ofStudy})`,
        studyId,
      );
      const accuracy = new Map<Target, Float64Array>();
      const reachedAt = new Map<Target, Float64Array>();
      const none = (): Float64Array => new Float64Array(done.length).fill(Number.NaN);
      for (const { id, target, step, ...snapshot } of snapshots) {
        const place = places.get(id);
        if (place === undefined) continue;
        kept(accuracy, target, none)[place] = snapshot.accuracy;
        kept(reachedAt, target, none)[place] = step;
      }
      return {
        places,
        accuracy,
        reachedAt,
        steps: Float64Array.from(done, ({ steps }) => steps ?? Number.NaN),
        time: Float64Array.from(done, ({ ms }) => ms ?? Number.NaN),
      };
    });
  }

  #recipesOf(ids: readonly number[]): readonly (Recipe | null)[] {
    return kept(this.#ofList, ids, () => {
      const unknown = ids.filter((id) => !this.#ofRun.has(id));
      if (unknown.length === 0) return ids.map((id) => this.#ofRun.get(id) ?? null);
      const rows = this.#db.all<{ id: number; recipe: string | null }>(
        `SELECT id, CASE WHEN kind = 'classifier' THEN task -> '$.recipe' END AS recipe FROM run
         WHERE id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(unknown),
      );
      for (const { id, recipe } of rows) this.#ofRun.set(id, recipe === null ? null : this.#recipe(recipe));
      return ids.map((id) => this.#ofRun.get(id) ?? null);
    });
  }

  /** Not validated again, as thousands of runs may have a recipe each: they were when they were queued. */
  #recipe(text: string): Recipe {
    return kept(this.#recipes, text, () => {
      const recipe = JSON.parse(text) as ClassifierRecipe;
      return { text, architecture: recipe.architecture.kind, targets: recipe.targets, values: hyperparameters(recipe) };
    });
  }
}

const ofStudy = 'SELECT run_id FROM study_run WHERE study_id = ? AND replaced_at IS NULL';
