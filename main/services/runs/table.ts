import type { RunRow, RunTable, TableInput } from '../../contract/api/run-table.ts';
import { architectureKinds, runKinds, shownStates } from '../../contract/api/run-table.ts';
import { classifierRecipeSchema } from '../../contract/recipes.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Lab } from '../lab/lab.ts';
import { architectureNames } from '../declaration/plan.ts';
import { plannedNames } from './left.ts';
import { recipeTitle } from './recipe-title.ts';
import { toRunRow } from './row.ts';

/** Rows that come with the order, as many as a tall screen shows. */
const firstRows = 60;

/** @throws UserError `study.not-found` */
export function runTableOf({ bench, work }: Lab, { study: name, ...query }: TableInput): RunTable {
  const { storage } = bench;
  const study = findStudy(bench, name);
  const order = storage.runTable.order(study.id, query);
  const ids = order.map(({ id }) => id);
  const facets = storage.runTable.facets(study.id);
  const working = work.study === name;
  const count = (states: readonly string[]): number =>
    facets.states.filter(({ value }) => states.includes(value)).reduce((sum, each) => sum + each.count, 0);
  return {
    ids,
    groups: query.group === 'none' ? [] : groupsOf(order, query.group),
    rows: rows(bench, study.id, ids.slice(0, firstRows)),
    total: count(shownStates),
    facets: {
      states: known(facets.states, shownStates),
      kinds: known(facets.kinds, runKinds),
      architectures: known(facets.architectures, architectureKinds),
      targets: [...facets.targets].sort((a, b) => a.value - b.value),
      tags: facets.tags,
    },
    planned: plannedNames(bench, study).size,
    waiting: working ? 0 : count(['queued', 'interrupted']),
    working,
  };
}

/** Rows of these runs, those that are still there. @throws UserError `study.not-found` */
export function runRows({ bench }: Lab, study: string, ids: readonly number[]): RunRow[] {
  return rows(bench, findStudy(bench, study).id, ids);
}

function rows({ storage, now }: Lab['bench'], studyId: number, ids: readonly number[]): RunRow[] {
  const at = now();
  return storage.runTable.rows(studyId, ids, at).map((row) => toRunRow(row, at));
}

function groupsOf(order: readonly { group: string | null }[], by: TableInput['group']): RunTable['groups'] {
  const groups: RunTable['groups'] = [];
  for (const { group } of order) {
    const key = group ?? '';
    const last = groups.at(-1);
    if (last?.key === key) last.count += 1;
    else groups.push({ key, title: groupTitle(group, by), count: 1 });
  }
  return groups;
}

function groupTitle(key: string | null, by: TableInput['group']): string {
  if (key === null) return by === 'tag' ? 'No tag' : 'Others';
  if (by === 'architecture') return isArchitecture(key) ? architectureNames[key] : key;
  if (by === 'group') return key === 'seeds' ? 'Seed study' : 'Diverse models';
  if (by !== 'recipe') return key;
  const recipe = classifierRecipeSchema.parse(JSON.parse(key));
  return `${architectureNames[recipe.architecture.kind]} ${recipeTitle(recipe)}, to ${recipe.targets.join(', ')} %`;
}

const isArchitecture = (key: string): key is keyof typeof architectureNames => key in architectureNames;

/** Facets whose values the contract has names for. */
function known<Value extends string>(
  facet: readonly { value: string; count: number }[],
  values: readonly Value[],
): { value: Value; count: number }[] {
  return values.flatMap((value) => {
    const found = facet.find((each) => each.value === value);
    return found ? [{ value, count: found.count }] : [];
  });
}
