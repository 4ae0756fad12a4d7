import { labelingPlanSchema } from '../../../contract/labeling/plan.ts';
import { readSettings, type Setting } from '../../../domain/settings.ts';

/** The settings of labeling sessions, declared in main/contract/labeling/plan.ts. */
export const sessionSettings: readonly Setting[] = readSettings(labelingPlanSchema);
