import { type LabelingPlan, labelingPlanSchema, type TextVersions, textVersionsSchema } from '../contract/plan.ts';
import type { Database } from '../../../storage/index.ts';
import type { SessionRecord } from '../../../storage/labeling/index.ts';

export interface PlanRecord {
  id: number;
  studyId: number;
  version: number;
  plan: LabelingPlan;
  texts: TextVersions;
  savedAt: number;
}

interface Row extends Omit<PlanRecord, 'plan' | 'texts'> {
  plan: string;
  texts: string;
}

const columns = 'id, study_id AS studyId, version, plan, texts, saved_at AS savedAt';

/** Every version of every study's labeling plan. */
export class LabelingPlans {
  protected readonly db: Database;

  constructor(database: Database) {
    this.db = database;
  }

  /** The newest plan of a study. */
  newest(studyId: number): PlanRecord | undefined {
    const row = this.db.get<Row>(
      `SELECT ${columns} FROM labeling_plan WHERE study_id = ? ORDER BY version DESC LIMIT 1`,
      studyId,
    );
    return row && toRecord(row);
  }

  /** All versions of a study, oldest first. */
  ofStudy(studyId: number): PlanRecord[] {
    return this.db
      .all<Row>(`SELECT ${columns} FROM labeling_plan WHERE study_id = ? ORDER BY version`, studyId)
      .map(toRecord);
  }

  get(id: number): PlanRecord | undefined {
    const row = this.db.get<Row>(`SELECT ${columns} FROM labeling_plan WHERE id = ?`, id);
    return row && toRecord(row);
  }

  /** The plan that a session was made with. */
  ofSession({ planId }: Pick<SessionRecord, 'planId'>): PlanRecord {
    const record = this.get(planId);
    if (!record) throw new Error(`session without its plan ${planId}`);
    return record;
  }
}

function toRecord(row: Row): PlanRecord {
  return {
    ...row,
    plan: labelingPlanSchema.parse(JSON.parse(row.plan)),
    texts: textVersionsSchema.parse(JSON.parse(row.texts)),
  };
}
