import { type ClassifierRecipe, type Target, targetSchema } from '../../contract/recipes/recipes.ts';
import type { NearestValue } from '../../contract/wire/errors.ts';
import { epochsText } from '../../contract/recipes/training-parts.ts';

/** The rules by which a training stops, in the order of `compareTargets`. */
const stopRules = ['accuracy', 'epochs', 'loss'] as const;
type StopRule = (typeof stopRules)[number];

/** The rule and the number of a target, or of the text that `String` makes of it: percent, epochs, or nats. */
export function stopAt(target: Target | string): { by: StopRule; value: number } {
  const [first = '', value] = String(target).split(' ');
  return value === undefined
    ? { by: 'accuracy', value: Number(first) }
    : { by: first as 'epochs' | 'loss', value: Number(value) };
}

function targetOf(by: StopRule, value: number): Target {
  return by === 'accuracy' ? value : (`${by} ${value}` as Target);
}

/** As people read it: `97.5 %`, `10 epochs`, `loss 0.05`. */
export function targetTitle(target: Target | string): string {
  const { by, value } = stopAt(target);
  if (by === 'accuracy') return `${value} %`;
  return by === 'loss' ? `loss ${value}` : epochsText(value);
}

/** Where a heading says that accuracies are in percent: `97.5`, `10 epochs`. */
export const targetInTable = (target: Target | string): string =>
  stopAt(target).by === 'accuracy' ? String(target) : targetTitle(target);

/** Several in one phrase: `97.5, 98 %, 10 epochs`. */
export function targetTitles(targets: readonly Target[]): string {
  const sorted = [...targets].sort(compareTargets);
  const [accuracies, others] = [sorted.filter(isAccuracy), sorted.filter((target) => !isAccuracy(target))];
  return [...(accuracies.length > 0 ? [`${accuracies.join(', ')} %`] : []), ...others.map(targetTitle)].join(', ');
}

/** Without spaces, for names: `97.5`, `epochs10`, `loss0.05`. */
export const targetSlug = (target: Target): string => String(target).replace(' ', '');

/** The target that `String` made this text of. */
export const targetOfKey = (key: string): Target => {
  const { by, value } = stopAt(key);
  return targetOf(by, value);
};

export const isAccuracy = (target: Target): target is number => typeof target === 'number';

/** By rule; in a rule those that take longer come later: higher accuracy, more epochs, lower loss. */
export function compareTargets(a: Target | string, b: Target | string): number {
  const [first, second] = [stopAt(a), stopAt(b)];
  const rules = stopRules.indexOf(first.by) - stopRules.indexOf(second.by);
  if (rules !== 0) return rules;
  return first.by === 'loss' ? second.value - first.value : first.value - second.value;
}

/** Numbers of misclassified images that meet a target accuracy, ends included; none do where `low` is above `high`. */
export interface ErrorBand {
  /** Misclassified images at exactly the target; need not be an integer. */
  center: number;
  low: number;
  high: number;
}

/** |errors - N (1 - target / 100)| <= N tolerance / 100. @param count images that decide */
export function errorBand(target: number, tolerance: number, count: number): ErrorBand {
  // 97.5 % of 10,000 is 250 errors, but 0.024999999999999911 * 10000 is not: bounds are rounded outwards a little.
  const slack = 1e-6;
  const center = count * (1 - target / 100);
  const reach = (count * tolerance) / 100;
  return {
    center,
    low: Math.max(0, Math.ceil(center - reach - slack)),
    high: Math.min(count, Math.floor(center + reach + slack)),
  };
}

/** Why a recipe cannot have its targets, for a person; null: it can. */
export function unsuitableTargets({
  targets,
  maxEpochs,
  landing,
}: Pick<ClassifierRecipe, 'targets' | 'maxEpochs' | 'landing'>): {
  what: string;
  remedy: string;
  nearest: NearestValue[];
} | null {
  const budgets = targets.filter((target) => !isAccuracy(target));
  const late = budgets.find((target) => stopAt(target).by === 'epochs' && stopAt(target).value > maxEpochs);
  if (late !== undefined) {
    return {
      what: `The target of ${targetTitle(late)} is beyond the last epoch, ${maxEpochs}`,
      remedy: 'Raise maxEpochs, or choose fewer epochs.',
      nearest: [
        { path: 'targets', from: late, to: targetOf('epochs', maxEpochs) },
        { path: 'maxEpochs', from: maxEpochs, to: stopAt(late).value },
      ],
    };
  }
  const isChosen = landing === 'half' || landing === 'trend';
  return budgets.length === 0 || !isChosen
    ? null
    : {
        what: `The landing "${landing}" says which accuracy meets a target, and ${targetTitles(budgets)} is no accuracy`,
        remedy: 'Leave landing out, or choose accuracies only.',
        nearest: [{ path: 'landing', from: landing, to: null }],
      };
}

/** Why a recipe that stops on half of the test images is not trained: earlier versions could. */
export const halfLanding = {
  what: 'This version no longer stops trainings on half of the test images ("landing": "half")',
  remedy:
    'Write "landing": "validation" (held-out training images decide, and no test image does), or leave it out for the paper’s rule. Networks that are trained stay.',
};

/** Reads what `String(target)` wrote, e.g. in an address or on the command line; null: it is no target. */
export function parseTarget(text: string): Target | null {
  const { success, data } = targetSchema.safeParse(
    /^[a-z]/.test(text) ? text : text.trim() === '' ? null : Number(text),
  );
  return success ? data : null;
}
