import { gridSchema } from '../../contract/api/models.ts';
import { modelsSchema } from '../../contract/studies/study.ts';
import { readSettings, type Setting } from './settings.ts';

/** The settings of an entry of a study's models, declared in main/contract/studies/study.ts. */
export const modelsSettings: readonly Setting[] = readSettings(modelsSchema);

/** The settings of a grid of models besides its recipe, declared in main/contract/api/models.ts. */
export const gridSettings: readonly Setting[] = readSettings(gridSchema.omit({ base: true, factors: true }));
