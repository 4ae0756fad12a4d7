import { canonicalJson } from '../../domain/identity.ts';
import type { ReportRecipe } from '../../exhibits/report-data.ts';
import type { ModelRole, StudyRun } from '../../storage/study-runs.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';

interface Member {
  model: ModelRole;
  run: RunRecord;
  recipe: ReportRecipe['recipe'];
}

/** The recipes of the study's networks, from the tasks of their runs, in the order in which these were planned. */
export function usedRecipes(
  links: readonly StudyRun[],
  findRun: (link: StudyRun) => RunRecord | undefined,
): ReportRecipe[] {
  const groups = new Map<string, Member[]>();
  for (const link of links) {
    const run = findRun(link);
    if (!link.model || run?.task.kind !== 'classifier') continue;
    const { recipe } = run.task;
    const key = canonicalJson([link.model.group, sharedName(link.model.modelName), recipe]);
    groups.set(key, [...(groups.get(key) ?? []), { model: link.model, run, recipe }]);
  }
  return [...groups.values()].flatMap(described);
}

/** `CNN-r02-s7` and `MLP1-s3` without what tells the networks of one entry apart. */
const sharedName = (name: string): string => name.replace(/(-r\d+)?-s\d+$/, '');

function described(members: readonly Member[]): ReportRecipe[] {
  const [first] = members;
  if (!first) return [];
  const { group, modelName } = first.model;
  const repeats = new Map<number, number>();
  for (const { model } of members) repeats.set(model.repeat, (repeats.get(model.repeat) ?? 0) + 1);
  return [
    {
      name: members.length === 1 ? modelName : sharedName(modelName),
      ...{ group, recipe: first.recipe, targets: first.recipe.targets, groups: [...repeats.values()] },
      waiting: members.filter(({ run }) => run.startedAt === null).length,
    },
  ];
}
