import { labelingPlanSchema } from '../../../contract/labeling/index.ts';
import { readSettings, type Setting } from '../../../domain/settings/index.ts';

/** The settings of labeling sessions, declared in main/contract/labeling/plan.ts. */
export const sessionSettings: readonly Setting[] = readSettings(labelingPlanSchema);
