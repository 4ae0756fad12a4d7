import { cannotTellChoice } from '../../contract/labeling/plan.ts';

declare const label: unique symbol;

/**
 * The class index of an answer: what the analysis calls a label. A choice is not a label: the choice "can't tell" is -1,
 * the same number that the analysis uses for a missing label. Only `toLabel` turns one into the other.
 */
export type Label = number & { readonly [label]: true };

/** @param choice what a person chose; null: nothing @returns null without a choice and for "can't tell" */
export const toLabel = (choice: number | null): Label | null =>
  choice === null || choice === cannotTellChoice ? null : (choice as Label);

/** The key of each answer, in order; '' for answers beyond the 36 keys. Answers that are digits have their own key. */
export function answerKeys(names: readonly string[]): string[] {
  if (names.every((name) => /^\d$/.test(name))) return [...names];
  const keys = [...'1234567890abcdefghijklmnopqrstuvwxyz'];
  return names.map((_, index) => keys[index] ?? '');
}

/** The key of "can't tell": it is on every keyboard, and on the numeric pad. */
export const cannotTellKey = '.';
