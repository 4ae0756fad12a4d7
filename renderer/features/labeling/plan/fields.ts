import type { LabelingPlan } from '../../../../main/contract/labeling/plan.ts';

/** What a part of the plan's form works with. */
export interface PlanFields {
  plan: LabelingPlan;
  change: (part: Partial<LabelingPlan>) => void;
}
