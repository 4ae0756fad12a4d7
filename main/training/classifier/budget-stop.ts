import { UserError } from '../../contract/wire/errors.ts';
import type { ClassifierRecipe, Target } from '../../contract/recipes/recipes.ts';
import { compareTargets, isAccuracy, stopAt, targetTitle, unsuitableTargets } from '../../domain/numbers/targets.ts';

/**
 * Stopping by budget: targets that are a number of epochs or a mean training loss. Test images decide nothing there; all of
 * them are evaluated at the snapshot. Pure functions; docs/training.md has the definitions.
 */

/** Steps whose mean loss is compared with a target loss, unless an epoch is shorter. */
const lossWindow = 100;

/** Steps after which the state of a training that waits for no accuracy is kept, to resume from it. */
const keepInterval = 50;

type Budget = { target: Target } & ({ by: 'epochs'; step: number } | { by: 'loss'; loss: number });

export interface BudgetPlan {
  budgets: readonly Budget[];
  /** Number of losses that a mean needs. */
  window: number;
  /** All test images are evaluated after each multiple of as many steps: an epoch, or several short ones. */
  evaluationInterval: number;
  lastStep: number;
}

/** @throws UserError `recipe.unsuitable-targets` */
export function planBudgets(
  recipe: Pick<ClassifierRecipe, 'targets' | 'maxEpochs' | 'landing'>,
  stepsPerEpoch: number,
  lastStep: number,
): BudgetPlan {
  const problem = unsuitableTargets(recipe);
  if (problem) throw new UserError('recipe.unsuitable-targets', problem.what, 'recipe.targets', problem.remedy);
  const budgets = recipe.targets
    .filter((target) => !isAccuracy(target))
    .sort(compareTargets)
    .map((target): Budget => {
      const { by, value } = stopAt(target);
      if (by === 'loss') return { target, by, loss: value };
      return { target, by: 'epochs', step: Math.min(lastStep, Math.max(1, Math.round(value * stepsPerEpoch))) };
    });
  return {
    budgets,
    lastStep,
    window: Math.min(lossWindow, stepsPerEpoch),
    evaluationInterval: stepsPerEpoch * Math.ceil(keepInterval / stepsPerEpoch),
  };
}

export const needsLosses = ({ budgets }: BudgetPlan): boolean => budgets.some(({ by }) => by === 'loss');

/** Budgets that have no snapshot yet. */
export function pendingBudgets({ budgets }: BudgetPlan, snapshots: readonly { target: Target }[]): readonly Budget[] {
  return budgets.filter(({ target }) => !snapshots.some((snapshot) => snapshot.target === target));
}

/** Mean of the newest losses; null while there are fewer than the window takes. */
export function meanLoss({ window }: BudgetPlan, losses: readonly number[]): number | null {
  if (losses.length < window) return null;
  return losses.slice(-window).reduce((sum, loss) => sum + loss, 0) / window;
}

/** Pending budgets that are used up after `step`. */
export function usedUp(pending: readonly Budget[], step: number, loss: number | null): readonly Budget[] {
  return pending.filter((budget) =>
    budget.by === 'epochs' ? step >= budget.step : loss !== null && loss <= budget.loss,
  );
}

/** The next step at which a training that waits for no accuracy keeps its state. */
export const nextKeptStep = ({ lastStep, evaluationInterval }: BudgetPlan, step: number): number =>
  Math.min(...[keepInterval, evaluationInterval].map((every) => every * (Math.floor(step / every) + 1)), lastStep);

/** Whether such a training also evaluates its test accuracy at a step that it keeps. */
export const isEvaluated = ({ lastStep, evaluationInterval }: BudgetPlan, step: number): boolean =>
  step === lastStep || step % evaluationInterval === 0;

/** The step at which the last of these is expected: for a loss, the end of the training. */
export const expectedEnd = (pending: readonly Budget[], lastStep: number): number =>
  Math.max(0, ...pending.map((budget) => (budget.by === 'epochs' ? budget.step : lastStep)));

/** Why a loss was not reached, for a person. */
export function explainLossMiss({ target }: Budget, plan: BudgetPlan, losses: readonly number[], maxEpochs: number) {
  const loss = meanLoss(plan, losses);
  const reached =
    loss === null ? 'There were too few steps for a mean' : `The mean of ${plan.window} steps was ${loss.toFixed(4)}`;
  return `${reached} when ${maxEpochs} epochs were over, and never at most ${targetTitle(target).replace('loss ', '')}.`;
}
