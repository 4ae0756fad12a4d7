import { readSettings, type Setting } from '../../domain/settings/index.ts';
import { newStudySchema } from './contract.ts';

/** The settings of a new study from images. */
export const newStudySettings: readonly Setting[] = readSettings(newStudySchema);
