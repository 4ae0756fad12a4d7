import type { LabelingPlan, TextVersions } from '../../sessions/contract/plan.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import { LabelingPlans, type PlanRecord } from '../../sessions/storage/plans.ts';

/** Saves labeling plans. */
export class DeskPlans extends LabelingPlans {
  /** Adds a version, unless it equals the newest. Each text has its own version number. */
  save(studyId: number, plan: LabelingPlan, now: number): PlanRecord {
    return this.db.transaction(() => {
      const before = this.newest(studyId);
      if (before && canonicalJson(before.plan) === canonicalJson(plan)) return before;
      const { id } = this.db.insert('labeling_plan', {
        studyId,
        version: (before?.version ?? 0) + 1,
        plan: canonicalJson(plan),
        texts: canonicalJson(nextTextVersions(before, plan)),
        savedAt: now,
      });
      const saved = this.get(id);
      if (!saved) throw new Error('a saved plan is missing');
      return saved;
    });
  }
}

function nextTextVersions(before: PlanRecord | undefined, plan: LabelingPlan): TextVersions {
  const next = (name: keyof TextVersions, text: (plan: LabelingPlan) => unknown): number => {
    if (!before) return 1;
    return before.texts[name] + (canonicalJson(text(before.plan)) === canonicalJson(text(plan)) ? 0 : 1);
  };
  return {
    question: next('question', ({ question }) => question),
    labels: next('labels', ({ names, cannotTell }) => [names, cannotTell]),
    instructions: next('instructions', ({ instructions }) => instructions),
    consent: next('consent', ({ consent }) => consent),
  };
}
