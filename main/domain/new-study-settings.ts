import { newStudySchema } from '../contract/api/new-study.ts';
import { readSettings, type Setting } from './settings.ts';

/** The settings of a new study from images, declared in main/contract/api/new-study.ts. */
export const newStudySettings: readonly Setting[] = readSettings(newStudySchema);
