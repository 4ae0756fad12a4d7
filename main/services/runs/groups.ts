import type { GroupMean, GroupMeasure, RunGroup, RunGroupRow, TableInput } from '../../contract/api/runs.ts';
import { mostTrends, shownStates } from '../../contract/api/runs.ts';
import { classifierRecipeSchema, type Target } from '../../contract/recipes/recipes.ts';
import { type GroupKey, type GroupOfRows, groupRows } from '../../analysis/statistics/group-rows.ts';
import { architectureNames, kindName } from '../../domain/networks/architectures.ts';
import { runShownAs, stateWord } from '../../domain/networks/status.ts';
import { kept } from '../../domain/numbers/arrays.ts';
import { compareTargets, targetTitles } from '../../domain/numbers/targets.ts';
import { settingTitle } from '../../domain/settings/recipe-settings.ts';
import type { RunNumbers } from '../../storage/runs/run-groups.ts';
import type { RunQuery } from '../../storage/runs/run-table.ts';
import type { Storage } from '../../storage/open.ts';
import type { StudyRecord } from '../../storage/studies.ts';
import { modelCollections, recipeTitle } from '../declaration/plan.ts';

type GroupQuery = Pick<TableInput, 'group' | 'sort'> & Pick<RunQuery, 'working' | 'pause'>;

interface GroupedRuns {
  ids: number[];
  groups: RunGroupRow[];
}

/**
 * Runs under their groups, in the order that they have, and what each group came to: means over its runs that are done. Groups
 * are sorted by the mean of the column that sorts runs, else by what they have in common.
 */
export function groupTable(
  storage: Storage,
  study: StudyRecord,
  ids: readonly number[],
  query: GroupQuery,
): GroupedRuns {
  if (query.group === 'none' || ids.length === 0) return { ids: [...ids], groups: [] };
  const by = query.group;
  const keys = keysOf(storage, study, ids, { ...query, group: by });
  const { places, columns } = numbersOf(storage, study.id, ids);
  const titles = new Map<string, string>();
  const title = (key: GroupKey): string => kept(titles, String(key), () => groupTitle(key, by));
  const measure = measureOf(query.sort.by, columns);
  const found = groupRows(
    { keys, columns: new Map([...columns].map(([name, { values }]) => [name, values])) },
    {
      by: measure ?? 'key',
      descending: query.sort.descending && (measure !== undefined || query.sort.by === by),
      nameOf: (key) => (by === 'state' ? stateOrder(key) : title(key)),
    },
  );
  const isDone = (row: number): boolean => places[row] !== -1;
  const ordered: number[] = [];
  for (const { rows } of found) for (const row of rows) ordered.push(ids[row] ?? 0);
  return {
    ids: ordered,
    groups: found.map((group) => ({
      key: String(group.key ?? ''),
      title: title(group.key),
      count: group.rows.length,
      done: group.rows.reduce((sum, row) => sum + Number(isDone(row)), 0),
      means: meansOf(group, columns),
    })),
  };
}

interface Column {
  of: GroupMeasure;
  target: Target | null;
  values: Float64Array;
}

interface AlignedNumbers {
  /** Where the numbers of each run are; -1: it is not done. */
  places: Int32Array;
  /** By name, those of the hardest target last; in the order of the runs. */
  columns: ReadonlyMap<string, Column>;
}

/** By what runs came to, which is read again when one has changed, and by the list of runs. */
const ofNumbers = new WeakMap<RunNumbers, WeakMap<readonly number[], AlignedNumbers>>();

function numbersOf(
  { runTable, runHistory }: Pick<Storage, 'runTable' | 'runHistory'>,
  studyId: number,
  ids: readonly number[],
): AlignedNumbers {
  const numbers = runTable.groups.numbers(studyId);
  const ofLists = kept(ofNumbers, numbers, () => new WeakMap<readonly number[], AlignedNumbers>());
  return kept(ofLists, ids, () => {
    const places = Int32Array.from(ids, (id) => numbers.places.get(id) ?? -1);
    const trend = (row: number, step: number): number => runHistory.trend(ids[row] ?? 0, step).accuracy ?? Number.NaN;
    return { places, columns: columnsOf(numbers, places, trend) };
  });
}

/** @param trend of the run of a row, at a step */
function columnsOf(
  { steps, time, accuracy, reachedAt }: RunNumbers,
  places: Int32Array,
  trend: (row: number, step: number) => number,
): Map<string, Column> {
  const columns = new Map<string, Column>();
  const add = (of: GroupMeasure, target: Target | null, values: Float64Array): void => {
    columns.set(target === null ? of : `${of} ${target}`, { of, target, values });
  };
  const targets = [...accuracy.keys()].sort(compareTargets);
  for (const target of targets) add('accuracy', target, at(places, accuracy.get(target) ?? []));
  if (places.reduce((done, place) => done + Number(place !== -1), 0) <= mostTrends) {
    for (const target of targets) {
      const reached = at(places, reachedAt.get(target) ?? []);
      add(
        'trend',
        target,
        reached.map((step, row) => (Number.isNaN(step) ? step : trend(row, step))),
      );
    }
  }
  const [all, worked] = [at(places, steps), at(places, time)];
  add('steps', null, all);
  add('time', null, worked);
  add(
    'speed',
    null,
    all.map((count, row) => speed(count, worked[row] ?? 0)),
  );
  return columns;
}

function at(places: Int32Array, values: ArrayLike<number>): Float64Array {
  const aligned = new Float64Array(places.length);
  for (let row = 0; row < places.length; row++) aligned[row] = values[places[row] ?? -1] ?? Number.NaN;
  return aligned;
}

/** Steps a second of worker time. */
const speed = (steps: number, ms: number): number => (ms > 0 ? steps / (ms / 1000) : Number.NaN);

/** The column whose means sort groups where this sorts runs; undefined: none. */
const measureOf = (by: string, columns: ReadonlyMap<string, Column>): string | undefined =>
  [...columns].findLast(([, { of }]) => of === by)?.[0];

/** No interval reaches beyond what a number can be. */
function within({ lo, hi }: Pick<GroupMean, 'lo' | 'hi'>, of: GroupMeasure): Pick<GroupMean, 'lo' | 'hi'> {
  const most = of === 'accuracy' || of === 'trend' ? 100 : Number.POSITIVE_INFINITY;
  return { lo: lo === null ? null : Math.max(0, lo), hi: hi === null ? null : Math.min(most, hi) };
}

function meansOf({ means }: GroupOfRows<string>, columns: ReadonlyMap<string, Column>): GroupMean[] {
  return [...columns].flatMap(([name, { of, target }]) => {
    const mean = means[name];
    return mean === undefined ? [] : [{ of, target, ...mean, ...within(mean, of) }];
  });
}

function keysOf(
  { runTable, studies, studyRuns }: Storage,
  { id: studyId, spec }: StudyRecord,
  ids: readonly number[],
  { group, ...now }: GroupQuery & { group: Exclude<RunGroup, 'none'> },
): GroupKey[] {
  if (group === 'state') return runTable.states(studyId, ids, now);
  if (group !== 'tag' && group !== 'group') return runTable.groups.ofRecipes(ids, group);
  const keys = runTable.groups.ofStudy(studyId, ids, group);
  const collections = group === 'tag' ? new Map<string, string>() : modelCollections(spec, studies.sections);
  if (collections.size === 0) return keys;
  // Models of a collection are not among the diverse ones.
  const names = new Map(studyRuns.list(studyId).map(({ runId, model }) => [runId, model?.modelName ?? '']));
  return ids.map((id, row) => {
    const collection = collections.get(names.get(id) ?? '');
    return collection === undefined ? (keys[row] ?? null) : `${ofCollection}${collection}`;
  });
}

/** Begins the key of a group that is a collection. */
const ofCollection = 'collection ';

/** Most urgent first. */
const stateOrder = (state: string): string => String((shownStates as readonly string[]).indexOf(state));

function groupTitle(key: GroupKey, by: RunGroup): string {
  if (by.startsWith('recipe.')) {
    const name = settingTitle(by.slice('recipe.'.length));
    return key === null ? 'Without this setting' : `${name} ${key}`;
  }
  if (typeof key !== 'string') return by === 'tag' ? 'No tag' : 'Others';
  if (by === 'state') return stateTitle(key);
  if (by === 'architecture') return kindName(key);
  if (by === 'group' && key.startsWith(ofCollection)) return `${key.slice(ofCollection.length)}: a group of its own`;
  if (by === 'group') return key === 'seeds' ? 'Seed study' : 'Diverse models';
  if (by !== 'recipe') return key;
  const recipe = classifierRecipeSchema.parse(JSON.parse(key));
  return `${architectureNames[recipe.architecture.kind]} ${recipeTitle(recipe)}, to ${targetTitles(recipe.targets)}`;
}

const stateTitle = (state: string): string => {
  const known = shownStates.find((each) => each === state);
  return known === undefined ? state : stateWord(runShownAs(known));
};
