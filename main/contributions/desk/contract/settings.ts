import { labelingPlanSchema } from '../../sessions/contract/plan.ts';
import { readSettings, type Setting } from '../../../domain/settings/index.ts';

/** The settings of labeling sessions, declared in main/contributions/sessions/contract/plan.ts. */
export const sessionSettings: readonly Setting[] = readSettings(labelingPlanSchema);
