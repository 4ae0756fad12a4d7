import { teachingSchema } from '../../../contract/studies/index.ts';
import { readSettings, type Setting } from '../../../domain/settings/index.ts';

/** The settings of an experiment that teaches networks, declared in main/contract/studies/teaching.ts. */
export const teachingSettings: readonly Setting[] = readSettings(teachingSchema);
