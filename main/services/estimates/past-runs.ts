import type { Cost } from '../../contract/api/studies.ts';
import type { ClassifierRecipe } from '../../contract/recipes.ts';
import { canonicalJson } from '../../domain/identity.ts';
import type { DataSetRecord } from '../../storage/index.ts';
import type { Tools } from '../tools/tools.ts';
import { classifierCost, currentPace } from './cost.ts';

/** Estimated cost of one training on this machine: seconds of one worker, and bytes of its snapshots. */
interface Estimate extends Cost {
  /** Based on earlier trainings on this machine, or on figures of another one, scaled by the engine's speed. */
  from: 'runs' | 'measurements';
}

const maxPastRuns = 500;

/** Estimates from past runs with the same recipe, else a similar one. Without a `dataSet`, MNIST is assumed. */
export function estimator(
  tools: Pick<Tools, 'workbench' | 'settings'>,
  dataSet: DataSetRecord | undefined,
): (recipe: ClassifierRecipe) => Estimate {
  const past = tools.workbench.storage.runTable.recentDurations(maxPastRuns);
  const pace = currentPace(tools);
  const shape = dataSet && { ...dataSet, classes: dataSet.classes.length };
  return (recipe) => {
    const same = past.filter((run) => canonicalJson(run.recipe) === canonicalJson(recipe));
    const alike = past.filter((run) => isAlike(run.recipe, recipe));
    const times = (same.length > 0 ? same : alike).map(({ activeTime }) => activeTime / 1000).sort((a, b) => a - b);
    const typical = times[times.length >> 1];
    const guessed = classifierCost(recipe, pace, shape);
    if (typical === undefined) return { ...guessed, from: 'measurements' };
    return { seconds: typical, bytes: guessed.bytes, from: 'runs' };
  };
}

function isAlike(a: ClassifierRecipe, b: ClassifierRecipe): boolean {
  return (
    canonicalJson(a.architecture) === canonicalJson(b.architecture) && Math.max(...a.targets) === Math.max(...b.targets)
  );
}
