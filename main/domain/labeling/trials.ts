import type { TrialKind } from '../../contract/labeling/plan.ts';
import type { StimulusImage } from '../stimulus-set.ts';

/** One place in a session's order. */
export interface Trial {
  readonly image: number;
  readonly kind: TrialKind;
  /** From 1; practice belongs to the first block. */
  readonly block: number;
}

/** The class that an image shows beyond doubt, as it lies at an end of its pair; null: in between. */
export function clearClass({ alpha, pairI, pairJ }: StimulusImage): number | null {
  if (alpha === 0) return pairI;
  return alpha === 1 ? pairJ : null;
}

/** Trials before which a break is offered: the first of each block but the first. */
export function breaksOf(trials: readonly Trial[]): number[] {
  return trials.flatMap(({ block }, position) => {
    const before = trials[position - 1];
    return before && before.block !== block ? [position] : [];
  });
}

/** How many trials at the start are practice. */
export function practiceOf(trials: readonly Trial[]): number {
  const first = trials.findIndex(({ kind }) => kind !== 'practice');
  return first < 0 ? trials.length : first;
}
