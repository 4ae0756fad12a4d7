import { readSettings, type Setting } from '../../../domain/settings/index.ts';
import { sweepSchema } from './sweep.ts';

/** The settings of a sweep, declared in sweep.ts. */
export const sweepSettings: readonly Setting[] = readSettings(sweepSchema);
