import type { LabelingPlan } from '../../../../main/contract/labeling/plan.ts';

/**
 * What the form begins with: the saved plan, else the proposal. Where the stimuli have other classes since it was saved,
 * the names of the answers are theirs, as nobody can add or take away an answer.
 */
export function firstPlan(saved: LabelingPlan | null, proposal: LabelingPlan | null): LabelingPlan | null {
  if (saved === null || proposal === null || saved.names.length === proposal.names.length) return saved ?? proposal;
  return { ...saved, names: proposal.names };
}
