import { teachingSchema } from './design.ts';
import { readSettings, type Setting } from '../../../domain/settings/index.ts';

/** The settings of an experiment that teaches networks, declared in design.ts. */
export const teachingSettings: readonly Setting[] = readSettings(teachingSchema);
