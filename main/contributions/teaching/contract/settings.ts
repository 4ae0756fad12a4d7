import { teachingSchema } from '../../../contract/teaching.ts';
import { readSettings, type Setting } from '../../../domain/settings.ts';

/** The settings of an experiment that teaches networks, declared in main/contract/teaching.ts. */
export const teachingSettings: readonly Setting[] = readSettings(teachingSchema);
