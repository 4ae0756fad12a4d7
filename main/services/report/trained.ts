import type { RunResult } from '../../contract/runs/run.ts';
import { architectureNames } from '../../domain/networks/architectures.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import type {
  ReportMissedTarget,
  ReportModel,
  ReportOwnGroup,
  ReportPredictions,
  ReportRecipe,
} from '../../exhibits/report-data.ts';
import type { ModelRecord } from '../../storage/predictions.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { ModelRole } from '../../contract/runs/run.ts';
import type { StudyRun } from '../../storage/study-runs.ts';
import type { TrainedModel } from '../analysis-input.ts';
import { snapshotName } from '../declaration/plan.ts';
import type { Workbench } from '../workbench/workbench.ts';

interface Member {
  link: StudyRun;
  model: ModelRole;
  run: RunRecord;
  recipe: ReportRecipe['recipe'];
}

/** The recipes of the study's networks, from the tasks of their runs, in the order in which these were planned. */
export function usedRecipes(links: readonly StudyRun[], findRun: FindRun): ReportRecipe[] {
  return byRecipe(links, findRun).map(described);
}

type FindRun = (link: StudyRun) => RunRecord | undefined;

function byRecipe(links: readonly StudyRun[], findRun: FindRun): [Member, ...Member[]][] {
  const groups = new Map<string, [Member, ...Member[]]>();
  for (const link of links) {
    const run = findRun(link);
    if (!link.model || run?.task.kind !== 'classifier') continue;
    const { recipe } = run.task;
    const key = canonicalJson([link.model.group, sharedName(link.model.modelName), recipe]);
    const member = { link, model: link.model, run, recipe };
    const known = groups.get(key);
    if (known) known.push(member);
    else groups.set(key, [member]);
  }
  return [...groups.values()];
}

/** `CNN-r02-s7` and `MLP1-s3` without what tells the networks of one entry apart. */
const sharedName = (name: string): string => name.replace(/(-r\d+)?-s\d+$/, '');

function described(members: readonly [Member, ...Member[]]): ReportRecipe {
  const [first] = members;
  const { group, modelName } = first.model;
  const repeats = new Map<number, number>();
  for (const { model } of members) repeats.set(model.repeat, (repeats.get(model.repeat) ?? 0) + 1);
  return {
    name: members.length === 1 ? modelName : sharedName(modelName),
    group,
    recipe: first.recipe,
    targets: first.recipe.targets,
    groups: [...repeats.values()],
    waiting: members.filter(({ run }) => run.startedAt === null).length,
  };
}

interface OwnNetworks {
  links: readonly StudyRun[];
  findRun: FindRun;
  /** The group of each network, by its name. */
  collections: ReadonlyMap<string, string>;
  /** Networks with predictions. */
  models: readonly TrainedModel[];
  /** False: predictions are too many for a report. */
  withPredictions: boolean;
}

/** Networks in groups of their own, recipe by recipe. */
export function ownGroups(
  workbench: Workbench,
  { links, findRun, collections, models, withPredictions }: OwnNetworks,
): ReportOwnGroup[] {
  const ofRun = Map.groupBy(models, ({ record }) => record.runId);
  const groups = Map.groupBy(links, ({ model }) => collections.get(model?.modelName ?? '') ?? '');
  return [...groups].map(([name, own]) => {
    const recipes = byRecipe(own, findRun).map((members) => ({
      ...described(members),
      models: members.flatMap(({ run }) =>
        (ofRun.get(run.id) ?? []).map(({ record }) => reportModel(workbench, record, run)),
      ),
      missed: members.flatMap(({ link, run }) => missedTargets(link, run)),
    }));
    const of = withPredictions ? models.filter(({ record }) => collections.get(record.modelName) === name) : [];
    return { name, recipes, predictions: of.map((model) => reportPredictions(model, model.softmax())) };
  });
}

/** @param softmax `[image][k]` */
export const reportPredictions = (
  { input, labels }: Pick<TrainedModel, 'input' | 'labels'>,
  softmax: Float32Array,
): ReportPredictions => ({
  model: input.name,
  architecture: input.architecture,
  target: input.target,
  repeat: input.repeat,
  seed: input.seed,
  ...(input.block !== undefined && { block: input.block }),
  labels,
  softmax,
});

type ClassifierResult = Extract<RunResult, { kind: 'classifier' }>;

const classifierResult = (run: RunRecord | undefined): ClassifierResult | null =>
  run?.result?.kind === 'classifier' ? run.result : null;

/** A snapshot that reached its target. */
export function reportModel({ storage }: Workbench, record: ModelRecord, run: RunRecord | undefined): ReportModel {
  const result = classifierResult(run);
  return {
    name: snapshotName(record.modelName, record.target),
    architecture: architectureNames[record.architecture],
    group: record.group,
    repeat: record.group === 'seeds' ? record.repeat : null,
    seed: record.seed,
    target: record.target,
    accuracy: record.accuracy,
    trend: storage.runHistory.trend(record.runId, record.step),
    otherHalf: storage.runHistory.otherHalf(record.runId, record.step),
    validation: storage.runHistory.validation(record.runId, record.step),
    errors: record.errors,
    testCount: record.testCount,
    step: record.step,
    looks: result?.looks ?? 0,
    fullLooks: result?.fullLooks ?? 0,
    trainMs: result?.trainMs ?? 0,
    lookMs: result?.lookMs ?? 0,
    engine: record.engine,
    weights: record.weights,
  };
}

/** Targets that a run never came close enough to. */
export function missedTargets(link: StudyRun, run: RunRecord | undefined): ReportMissedTarget[] {
  const { model } = link;
  if (!model || run?.task.kind !== 'classifier') return [];
  const architecture = architectureNames[run.task.recipe.architecture.kind];
  return (classifierResult(run)?.missed ?? []).map(({ target, nearestAccuracy, why }) => ({
    name: model.modelName,
    architecture,
    repeat: model.group === 'seeds' ? model.repeat : null,
    seed: model.seed,
    target,
    nearestAccuracy,
    why,
  }));
}
