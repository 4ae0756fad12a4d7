import type { LabelingPlan, TextVersions } from '../../contract/labeling/plan.ts';
import { labelingPlanSchema, textVersionsSchema } from '../../contract/labeling/plan.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { Database } from '../database.ts';

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
  readonly #db: Database;

  constructor(database: Database) {
    this.#db = database;
  }

  /** The newest of a study. */
  newest(studyId: number): PlanRecord | undefined {
    const row = this.#db.get<Row>(
      `SELECT ${columns} FROM labeling_plan WHERE study_id = ? ORDER BY version DESC LIMIT 1`,
      studyId,
    );
    return row && toRecord(row);
  }

  /** All versions of a study, oldest first. */
  ofStudy(studyId: number): PlanRecord[] {
    return this.#db
      .all<Row>(`SELECT ${columns} FROM labeling_plan WHERE study_id = ? ORDER BY version`, studyId)
      .map(toRecord);
  }

  get(id: number): PlanRecord | undefined {
    const row = this.#db.get<Row>(`SELECT ${columns} FROM labeling_plan WHERE id = ?`, id);
    return row && toRecord(row);
  }

  /** Adds a version, unless it is the newest again. Each text counts its own versions. */
  save(studyId: number, plan: LabelingPlan, now: number): PlanRecord {
    return this.#db.transaction(() => {
      const before = this.newest(studyId);
      if (before && canonicalJson(before.plan) === canonicalJson(plan)) return before;
      const { id } = this.#db.run(
        'INSERT INTO labeling_plan (study_id, version, plan, texts, saved_at) VALUES (?, ?, ?, ?, ?)',
        studyId,
        (before?.version ?? 0) + 1,
        canonicalJson(plan),
        canonicalJson(nextTexts(before, plan)),
        now,
      );
      const saved = this.get(id);
      if (!saved) throw new Error('a plan that was saved is not there');
      return saved;
    });
  }
}

function nextTexts(before: PlanRecord | undefined, plan: LabelingPlan): TextVersions {
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

function toRecord(row: Row): PlanRecord {
  return {
    ...row,
    plan: labelingPlanSchema.parse(JSON.parse(row.plan)),
    texts: textVersionsSchema.parse(JSON.parse(row.texts)),
  };
}
