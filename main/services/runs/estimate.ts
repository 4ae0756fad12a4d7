import type { ArchitectureKind, ClassifierRecipe } from '../../contract/recipes.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { type NetworkShape, parameterCount } from '../../domain/parameter-count.ts';
import type { Workbench } from '../workbench.ts';

/** What one training of a recipe is likely to take here. */
export interface Estimate {
  /** Of one worker, alone. */
  seconds: number;
  from: 'runs' | 'measurements';
  /** Its snapshots, and the two checkpoints that it has at a time, which go when it is done. */
  bytes: number;
}

/** Finished runs that are looked at, newest first. */
const looked = 500;

/**
 * Seconds of one training to 97.5 % on MNIST, tensorflow engine on one core (docs/training.md: steps to land, and
 * docs/performance.md: steps a second); wasm takes about twice that. For machines that have not trained any yet.
 */
const measured: Record<ArchitectureKind, number> = { mlp: 10, cnn: 70, vit: 180 };

/** Rows of metrics and logs of a run, in bytes. */
const rowsOfRun = 60_000;

/** Gives what one training takes, by what trainings took here before. */
export function estimator(bench: Workbench, shape: NetworkShape): (recipe: ClassifierRecipe) => Estimate {
  const past = bench.storage.runTable.pastTimes(looked);
  return (recipe) => {
    const same = past.filter((run) => canonicalJson(run.recipe) === canonicalJson(recipe));
    const alike = past.filter((run) => isAlike(run.recipe, recipe));
    const times = (same.length > 0 ? same : alike).map(({ activeTime }) => activeTime / 1000).sort((a, b) => a - b);
    const typical = times[times.length >> 1];
    const weights = 4 * parameterCount(recipe.architecture, shape);
    return {
      seconds: typical ?? measured[recipe.architecture.kind] * harder(recipe),
      from: typical === undefined ? 'measurements' : 'runs',
      bytes: recipe.targets.length * weights + rowsOfRun,
    };
  };
}

/** Same architecture, to the same hardest target. */
function isAlike(a: ClassifierRecipe, b: ClassifierRecipe): boolean {
  return (
    canonicalJson(a.architecture) === canonicalJson(b.architecture) && Math.max(...a.targets) === Math.max(...b.targets)
  );
}

/** Errors fall about as 1 / step, so half the errors take twice the steps. */
function harder({ targets }: ClassifierRecipe): number {
  return 2.5 / Math.max(0.25, 100 - Math.max(...targets));
}
