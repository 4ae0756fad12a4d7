import { kept } from '../../domain/numbers/arrays.ts';
import type { Cost } from '../../contract/api/studies.ts';
import {
  type ClassifierRecipe,
  classifierRecipeSchema,
  type GeneratorRecipe,
  generatorRecipeSchema,
} from '../../contract/recipes/recipes.ts';
import type { Study } from '../../contract/studies/study.ts';
import { ownGenerator } from '../../domain/plans/declaration.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import type { TimeRange } from '../../contract/api/jobs.ts';
import { inTurn, nextFactor, scale, togetherOn } from '../../domain/numbers/time-range.ts';
import { modelEntries, type Sections } from '../../domain/plans/model-entries.ts';
import type { DataSetRecord } from '../../contract/api/data-sets.ts';
import type { PastRun } from '../../storage/runs/run-table.ts';
import { remainingTime, type RunSummary } from '../../storage/runs/run-record.ts';
import { identities, needsReference } from '../declaration/plan.ts';
import type { Settings } from '../workbench/settings.ts';
import type { Workbench } from '../workbench/workbench.ts';
import {
  type BriefKind,
  classifierCost,
  currentPace,
  type DataSetSize,
  estimatePace,
  type Expected,
  generatorCost,
  type Pace,
  runSeconds,
} from './cost.ts';
import { compareTargets } from '../../domain/numbers/targets.ts';

/** From this share on, a run's own speed says more than the time of others. */
export const ownSpeedFrom = 0.2;

/** How far the rest of a run may be from its average speed so far: its last step is an estimate too. */
const ownSpeed = { early: { low: 0.4, high: 2.5 }, later: { low: 0.6, high: 1.7 } };

/** The rest of a running run by its own speed; null before its first step. */
export function bySpeed(run: RunSummary, now: number): TimeRange | null {
  const left = remainingTime(run, now);
  if (left === null || run.progress === null) return null;
  const seconds = left / 1000;
  const { low, high } = ownSpeed[run.progress.done / run.progress.total < ownSpeedFrom ? 'early' : 'later'];
  return { seconds, low: seconds * low, high: seconds * high };
}

export interface ForecastTools {
  readonly workbench: Workbench;
  readonly settings: Pick<Settings, 'get'>;
}

/** A cost, and whether its time is from runs of this machine or from figures of another one. */
export interface Forecasted extends Cost {
  from: 'runs' | 'measurements';
}

/** Another run of the past, compared with what is to be forecast. */
interface Past {
  kind: PastRun['kind'];
  /** Time taken, as a share of the time expected. */
  ratio: number;
  /** `kindOf` its recipe; null: it has none. */
  sort: string | null;
  /** Identity of the recipe with its data set. */
  same: string;
  /** Identity of its architecture and hardest target; null: no classifier. */
  alike: string | null;
  dataSet: string | null;
}

const maxPastRuns = 500;
/** Runs of one sort that are taken, the latest ones: the machine may have been busier before. */
const maxAlike = 12;

/** Assumed spread of the logarithm of a time among runs that are less and less alike; the last: none ran here. */
const spreads = { same: 0.3, alike: 0.4, kind: 0.5, task: 0.6, none: 0.6 } as const;

/** Bytes besides weights: sample grids, pixels, predictions, database rows, the report. */
const bytesOfStudy = 4e6;

/**
 * What work will take: the expected time (`cost.ts`), corrected by how much longer than expected such runs took on this
 * machine, with a range. docs/performance.md says how many end within it.
 */
export class Forecast {
  readonly pace: Pace;
  readonly #past: readonly Past[];
  readonly #dataSet: DataSetRecord | undefined;
  /** Found before: steps of a study ask for the same recipes. */
  readonly #classifiers = new WeakMap<ClassifierRecipe, Forecasted>();

  /** @param dataSet MNIST where it is not known yet */
  constructor(pace: Pace, past: readonly Past[], dataSet: DataSetRecord | undefined) {
    this.pace = pace;
    this.#past = past;
    this.#dataSet = dataSet;
  }

  /** One training. */
  classifier(recipe: ClassifierRecipe): Forecasted {
    return kept(this.#classifiers, recipe, () => this.#ofClassifier(recipe));
  }

  #ofClassifier(recipe: ClassifierRecipe): Forecasted {
    const expected = classifierCost(recipe, this.pace, sizeOf(this.#dataSet));
    const dataSet = this.#dataSet?.hash ?? null;
    const runs = this.#past.filter(({ kind }) => kind === 'classifier');
    // Once, not for each past run: a study may have hundreds of recipes after hundreds of runs.
    const [kind, own, alike] = [kindOf(recipe), identity(recipe, dataSet), likeness(recipe)];
    const ofKind = runs.filter(({ sort }) => sort === kind);
    return this.#forecast(expected, [
      [spreads.same, ofKind.filter(({ same }) => same === own)],
      [spreads.alike, ofKind.filter((run) => run.dataSet === dataSet && run.alike === alike)],
      [spreads.kind, ofKind.filter((run) => run.dataSet === dataSet)],
      [spreads.task, ofKind],
      [spreads.none, runs],
    ]);
  }

  generator(recipe: GeneratorRecipe): Forecasted {
    const runs = this.#past.filter(({ kind }) => kind === 'generator');
    const kind = kindOf(recipe);
    const ofKind = runs.filter(({ sort }) => sort === kind);
    const own = identity(recipe, this.#dataSet?.hash ?? null);
    return this.#forecast(generatorCost(recipe, this.pace), [
      [spreads.same, ofKind.filter(({ same }) => same === own)],
      [spreads.kind, ofKind],
      [spreads.none, runs],
    ]);
  }

  /** Runs that are no training, one after the other. */
  runs(kind: BriefKind, count: number): Forecasted {
    const expected = { seconds: runSeconds(kind) * count, bytes: 8000 * count };
    return this.#forecast(expected, [[spreads.kind, this.#past.filter((run) => run.kind === kind)]]);
  }

  report(): Forecasted {
    return this.#forecast({ seconds: 5, bytes: 1e6 }, []);
  }

  #forecast({ seconds, bytes }: Expected, tiers: readonly (readonly [spread: number, runs: readonly Past[]])[]) {
    const [spread, runs] = tiers.find(([, found]) => found.length > 0) ?? [spreads.none, []];
    const ratios = runs.slice(0, maxAlike).map(({ ratio }) => ratio);
    const from = ratios.length > 0 ? 'runs' : 'measurements';
    return { ...scale(seconds, nextFactor(ratios, spread)), bytes, from } as const;
  }
}

const identity = (recipe: unknown, dataSet: string | null): string => canonicalJson([recipe, dataSet]);

const sizeOf = (dataSet: DataSetRecord | undefined): DataSetSize | undefined =>
  dataSet && { ...dataSet, classes: dataSet.classes.length };

const kindOf = (recipe: ClassifierRecipe | GeneratorRecipe): string =>
  'architecture' in recipe ? `${recipe.architecture.kind} ${recipe.landing === 'trend'}` : recipe.kind;

const likeness = ({ architecture, targets }: ClassifierRecipe): string =>
  canonicalJson([architecture, [...targets].sort(compareTargets).at(-1)]);

const known = new WeakMap<Workbench, { at: string; past: readonly Past[] }>();

/** Forecasts for a data set, from the runs that ended here. @param dataSet MNIST where it is not known yet */
export function forecast(tools: ForecastTools, dataSet: DataSetRecord | undefined): Forecast {
  return new Forecast(currentPace(tools), pastRuns(tools.workbench), dataSet);
}

function pastRuns(workbench: Workbench): readonly Past[] {
  const at = workbench.storage.runTable.finished();
  const before = known.get(workbench);
  if (before?.at === at) return before.past;
  const past = readPast(workbench);
  known.set(workbench, { at, past });
  return past;
}

function readPast({ storage }: Workbench): Past[] {
  const dataSets = new Map(storage.dataSets.list().map((dataSet) => [dataSet.hash, dataSet]));
  return storage.runTable.recentDurations(maxPastRuns).flatMap((run): Past[] => {
    const expected = expectedSeconds(run, dataSets);
    if (expected === null || run.activeTime <= 0) return [];
    const recipe = parseRecipe(run);
    return [
      {
        kind: run.kind,
        dataSet: run.dataSet,
        same: identity(recipe, run.dataSet),
        sort: recipe && kindOf(recipe),
        alike: recipe !== null && 'architecture' in recipe ? likeness(recipe) : null,
        ratio: run.activeTime / 1000 / expected,
      },
    ];
  });
}

const parseRecipe = ({ kind, recipe }: PastRun): ClassifierRecipe | GeneratorRecipe | null => {
  if (recipe === null) return null;
  const schema = kind === 'generator' ? generatorRecipeSchema : classifierRecipeSchema;
  const parsed = schema.safeParse(JSON.parse(recipe));
  return parsed.success ? parsed.data : null;
};

/** Null for a recipe of another version. */
function expectedSeconds(run: PastRun, dataSets: ReadonlyMap<string, DataSetRecord>): number | null {
  if (run.kind !== 'classifier' && run.kind !== 'generator') return runSeconds(run.kind);
  const recipe = parseRecipe(run);
  if (recipe === null) return null;
  const pace = estimatePace(1, run.engine);
  if (!('architecture' in recipe)) return generatorCost(recipe, pace).seconds;
  return classifierCost(recipe, pace, sizeOf(run.dataSet === null ? undefined : dataSets.get(run.dataSet))).seconds;
}

/** Without any run of this machine: from the product's own figures. */
export const uncalibrated = (pace: Pace): Forecast => new Forecast(pace, [], undefined);

/** A complete study from nothing: the generator first, as others wait for it, then everything else on all workers. */
export function studyCost(study: Study, here: Forecast, sections: Sections): Cost {
  const generator = ownGenerator(study);
  const made = study.stimuli.source === 'generated';
  const first = generator && made ? [here.generator(generator.recipe)] : [];
  const reference = study.reference && needsReference(study) ? [here.classifier(study.reference.recipe)] : [];
  const models = modelEntries(study, sections).flatMap((entry) => {
    const cost = here.classifier(entry.recipe);
    return identities(entry).map(() => cost);
  });
  const shipped = made && !generator ? 7.2e6 : 0;
  return together([...first, ...reference, ...models], here.pace, bytesOfStudy + shipped);
}

/** What a job takes besides its runs: it reads the data set, queues them, and stores what they end with. */
const ofJob: TimeRange = { seconds: 0.7, low: 0.3, high: 1.5 };

/** Cost of a job on all workers: never shorter than its longest part. */
export const together = (costs: readonly Cost[], { workers }: Pick<Pace, 'workers'>, bytes = 0): Cost => ({
  ...(costs.length === 0 ? togetherOn([], workers) : inTurn([ofJob, togetherOn(costs, workers)])),
  bytes: sumBytes(costs) + bytes,
});

/** Cost of work that is done one after the other. */
export const afterAnother = (costs: readonly Cost[]): Cost => ({ ...inTurn(costs), bytes: sumBytes(costs) });

const sumBytes = (costs: readonly Cost[]): number => costs.reduce((sum, { bytes }) => sum + bytes, 0);
