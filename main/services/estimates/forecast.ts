import type { DataSetRecord } from '../../contract/api/data-sets.ts';
import type { TimeRange } from '../../contract/api/jobs.ts';
import type { Cost } from '../../contract/api/studies.ts';
import {
  type ClassifierRecipe,
  classifierRecipeSchema,
  type GeneratorRecipe,
  generatorRecipeSchema,
} from '../../contract/recipes/recipes.ts';
import type { EngineName, RunState } from '../../contract/runs/run.ts';
import {
  around,
  blend,
  type Evidence,
  type Expectation,
  expectedTime,
  fixedSpread,
  remainingTime,
  type Standing,
} from '../../domain/estimates/expect.ts';
import {
  type BriefKind,
  briefSeconds,
  classifierWork,
  type DataSetSize,
  generatorWork,
  stepWithEvaluations,
  type Work,
} from '../../domain/estimates/work.ts';
import { kept } from '../../domain/numbers/arrays.ts';
import { compareTargets } from '../../domain/numbers/targets.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import type { RunProgress, RunSummary } from '../../storage/runs/run-record.ts';
import type { PastRun } from '../../storage/runs/run-table.ts';
import type { Settings } from '../workbench/settings.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { currentPace, type Pace, triedFactor } from './pace.ts';

export interface ForecastTools {
  readonly workbench: Workbench;
  readonly settings: Pick<Settings, 'get'>;
}

/**
 * A cost, and where the pace is from: trainings of its kind here, those of other networks here, a short trial of the engine
 * here, or figures of another machine.
 */
export interface Forecasted extends Cost {
  from: 'runs' | 'others' | 'trial' | 'measurements';
}

type Recipe = ClassifierRecipe | GeneratorRecipe;
type Expected = Expectation & Pick<Forecasted, 'from'>;

/** A training of the past, as a share of what was assumed. */
interface PastTraining {
  /** Its architecture, or the kind of generator. */
  kind: string;
  /** Identity of its recipe, and of its architecture with its hardest target. */
  recipe: string;
  alike: string;
  /** Identity of its architecture and batch. */
  network: string;
  dataSet: string | null;
  engine: EngineName;
  /** Null: its steps were given. */
  steps: number | null;
  pace: number | null;
}

interface PastBrief {
  kind: BriefKind;
  ratio: number;
}

interface Past {
  trainings: readonly PastTraining[];
  briefs: readonly PastBrief[];
}

const maxPastRuns = 500;

/** Spreads of the logarithm of the number of steps: assumed, by degrees of likeness, and between seeds. */
const stepSpreads = { digits: 0.45, others: 0.7, own: 0.2, same: 0.05, alike: 0.3, kind: 0.4, dataSet: 0.5, far: 0.5 };
/** Those of the time of a step. */
const paceSpreads = { trial: 0.4, unknown: 0.7, own: 0.12, same: 0.05, kind: 0.25, engine: 0.35 };
/** Of work that is no training. */
const briefSpreads = { assumed: 0.5, own: 0.4, same: 0.1 };

/**
 * The one place that says how long work takes: what a recipe takes as such (`domain/estimates/work.ts`), corrected by what
 * was measured on this machine (`domain/estimates/expect.ts`). docs/running.md says how, docs/performance.md how well.
 */
export class Forecast {
  readonly pace: Pace;
  readonly #past: Past;
  readonly #dataSet: DataSetRecord | undefined;
  /** Found before, of a recipe and of all that say the same: screens ask for the same ones again and again. */
  readonly #expected = new WeakMap<Recipe, Expected>();
  readonly #alike = new Map<string, Expected>();

  /** @param dataSet MNIST where it is not known yet */
  constructor(pace: Pace, past: Past, dataSet: DataSetRecord | undefined) {
    this.pace = pace;
    this.#past = past;
    this.#dataSet = dataSet;
  }

  /**
   * One training.
   * @param standing how far it is; null: it has not begun
   */
  training(recipe: Recipe, standing: Standing | null = null): Forecasted {
    const { from, ...expected } = kept(this.#expected, recipe, () =>
      kept(this.#alike, canonicalJson(recipe), () => this.#expect(recipe)),
    );
    const time = standing === null ? expectedTime(expected) : remainingTime(expected, standing);
    return { ...time, bytes: expected.work.bytes, from };
  }

  /** Runs that are no training, one after the other. */
  runs(kind: BriefKind, count: number): Forecasted {
    const ratios = this.#past.briefs.flatMap((run) => (run.kind === kind ? [run.ratio] : []));
    const { assumed, own, same } = briefSpreads;
    const factor = blend(assumed, [{ ratios, spread: same }], own);
    const seconds = briefSeconds(kind, this.pace.engine) * count * Math.exp(factor.log);
    return {
      ...around(seconds, factor.spread),
      bytes: 8000 * count,
      from: ratios.length > 0 ? 'runs' : 'measurements',
    };
  }

  report(): Forecasted {
    return { ...around(5, briefSpreads.assumed), bytes: 1e6, from: 'measurements' };
  }

  #expect(recipe: Recipe): Expected {
    const { engine, factor } = this.pace;
    const dataSet = this.#dataSet?.hash ?? null;
    const work = workOf(recipe, engine, this.#dataSet);
    const own = likenessOf(recipe, dataSet);
    const ofKind = this.#past.trainings.filter(({ kind }) => kind === own.kind);
    const here = ofKind.filter((run) => run.dataSet === dataSet);
    const isDigits = sizeOf(this.#dataSet)?.isDigits ?? true;
    const { own: seeds, ...spread } = stepSpreads;
    const steps = work.isFixed
      ? { log: 0, spread: fixedSpread }
      : blend(
          isDigits ? spread.digits : spread.others,
          degrees(this.#past.trainings, ({ steps: ratio }) => ratio, [
            [spread.same, (run) => run.dataSet === dataSet && run.recipe === own.recipe],
            [spread.alike, (run) => run.dataSet === dataSet && run.alike === own.alike],
            [spread.kind, (run) => run.dataSet === dataSet && run.kind === own.kind],
            [spread.dataSet, (run) => run.dataSet === dataSet],
            [spread.far, (run) => run.kind === own.kind && here.length === 0],
          ]),
          seeds,
        );
    const paced = this.#past.trainings.filter((run) => run.engine === engine && run.pace !== null);
    const pace = blend(
      factor === null ? paceSpreads.unknown : paceSpreads.trial,
      degrees(paced, ({ pace: ratio }) => ratio, [
        [paceSpreads.same, ({ network }) => network === own.network],
        [paceSpreads.kind, ({ kind }) => kind === own.kind],
        [paceSpreads.engine, () => true],
      ]),
      paceSpreads.own,
    );
    const isKnown = paced.some(({ kind }) => kind === own.kind);
    const from = isKnown ? 'runs' : paced.length > 0 ? 'others' : factor === null ? 'measurements' : 'trial';
    return { work: faster(work, factor ?? 1), steps, pace, from };
  }
}

/** @param factor 2: twice as fast */
const faster = (work: Work, factor: number): Work => ({
  ...work,
  stepMs: work.stepMs / factor,
  evaluationMs: work.evaluationMs / factor,
});

type Degree = readonly [spread: number, isAlike: (run: PastTraining) => boolean];

/** Each run counts once, for the degree in which it is most alike. */
function degrees(
  runs: readonly PastTraining[],
  ratio: (run: PastTraining) => number | null,
  all: readonly Degree[],
): Evidence[] {
  const found = all.map(([spread]) => ({ spread, ratios: [] as number[] }));
  for (const run of runs) {
    const value = ratio(run);
    const degree = value === null ? undefined : found[all.findIndex(([, isAlike]) => isAlike(run))];
    if (value !== null) degree?.ratios.push(value);
  }
  return found;
}

const sizeOf = (dataSet: DataSetRecord | undefined): DataSetSize | undefined =>
  dataSet && { ...dataSet, classes: dataSet.classes.length, isDigits: dataSet.source.source === 'mnist' };

const workOf = (recipe: Recipe, engine: EngineName, dataSet: DataSetRecord | undefined): Work =>
  'architecture' in recipe ? classifierWork(recipe, engine, sizeOf(dataSet)) : generatorWork(recipe, engine);

const likenessOf = (recipe: Recipe, dataSet: string | null) => ({
  recipe: canonicalJson(recipe),
  dataSet,
  kind: 'architecture' in recipe ? recipe.architecture.kind : recipe.kind,
  alike:
    'architecture' in recipe
      ? canonicalJson([recipe.architecture, recipe.landing ?? null, [...recipe.targets].sort(compareTargets).at(-1)])
      : '',
  network: canonicalJson(
    'architecture' in recipe ? [recipe.architecture, recipe.batch] : [recipe.kind, recipe.batch, recipe.features],
  ),
});

/** What ended here until `at`, and forecasts from it by their pace and data set. */
interface Known {
  at: string;
  past: Past;
  forecasts: Map<string, Forecast>;
}

const known = new WeakMap<Workbench, Known>();

/** Forecasts for a data set, from the runs that ended here. @param dataSet MNIST where it is not known yet */
export function forecast(tools: ForecastTools, dataSet: DataSetRecord | undefined): Forecast {
  const pace = currentPace(tools);
  const { past, forecasts } = pastRuns(tools.workbench);
  return kept(forecasts, canonicalJson([pace, dataSet?.hash ?? null]), () => new Forecast(pace, past, dataSet));
}

/** Without any run of this machine: from the product's own figures. */
export const uncalibrated = (pace: Pace): Forecast => new Forecast(pace, { trainings: [], briefs: [] }, undefined);

function pastRuns(workbench: Workbench): Known {
  const at = workbench.storage.runTable.finished();
  const before = known.get(workbench);
  if (before?.at === at) return before;
  const now = { at, past: readPast(workbench), forecasts: new Map() };
  known.set(workbench, now);
  return now;
}

function readPast({ storage }: Workbench): Past {
  const dataSets = new Map(storage.dataSets.list().map((dataSet) => [dataSet.hash, dataSet]));
  const runs = storage.runTable.recentDurations(maxPastRuns);
  return {
    trainings: runs.flatMap((run) => {
      const recipe = parseRecipe(run);
      return recipe === null ? [] : [pastTraining(run, recipe, dataSets)];
    }),
    briefs: runs.flatMap(({ kind, engine, workedMs }) =>
      kind === 'classifier' || kind === 'generator' || !workedMs
        ? []
        : [{ kind, ratio: workedMs / 1000 / briefSeconds(kind, engine) }],
    ),
  };
}

function pastTraining(run: PastRun, recipe: Recipe, dataSets: ReadonlyMap<string, DataSetRecord>): PastTraining {
  const { dataSet, engine, steps, workedMs, pacedSteps } = run;
  const work = workOf(recipe, engine, dataSet === null ? undefined : dataSets.get(dataSet));
  const stepMs = workedMs && pacedSteps && pacedSteps > 0 ? workedMs / pacedSteps : null;
  const assumedMs = stepWithEvaluations(work, steps || work.steps);
  return {
    ...likenessOf(recipe, dataSet),
    engine,
    steps: work.isFixed || !steps ? null : steps / work.steps,
    pace: stepMs === null ? null : (stepMs / assumedMs) * (triedFactor(engine) ?? 1),
  };
}

/** Null for another kind of run, and for a recipe of another version. */
const parseRecipe = ({ kind, recipe }: PastRun): Recipe | null => {
  if (recipe === null) return null;
  const schema = kind === 'generator' ? generatorRecipeSchema : classifierRecipeSchema;
  const parsed = schema.safeParse(JSON.parse(recipe));
  return parsed.success ? parsed.data : null;
};

interface Begun {
  state: RunState;
  progress: Omit<RunProgress, 'note'> | null;
}

/** From the surest to the least sure. */
const origins = ['runs', 'others', 'trial', 'measurements'] as const;

/** Where the least sure of several is from. */
export const leastKnown = (all: readonly Forecasted['from'][]): Forecasted['from'] =>
  origins.findLast((from) => all.includes(from)) ?? 'runs';

/** How far a run is that has begun; null: it has not. */
export function standingOf({ progress, state }: Begun): Standing | null {
  if (progress === null || progress.total <= 0) return null;
  const { done, total, from, workedMs } = progress;
  const isPaced = state === 'running' && workedMs !== null && workedMs > 0 && done > from;
  return { done, total, attempt: isPaced ? { steps: done - from, workedMs } : null };
}

/** What remains of a run that is not over, wherever it stands. */
export function timeLeft(tools: ForecastTools, run: RunSummary): TimeRange {
  const { storage } = tools.workbench;
  const task = storage.runs.get(run.id)?.task;
  if (task?.kind !== 'classifier' && task?.kind !== 'generator')
    return forecast(tools, undefined).runs(task?.kind ?? 'stimuli', 1);
  const here = forecast(tools, storage.dataSets.get(task.dataSetHash));
  const { seconds, low, high } = here.training(task.recipe, standingOf(run));
  return { seconds, low, high };
}
