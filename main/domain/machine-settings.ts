import { machineOptionsSchema } from '../contract/machine-options.ts';
import { readSettings, type Setting } from './settings.ts';

/** The settings of a machine, declared in main/contract/machine-options.ts. */
export const machineSettings: readonly Setting[] = readSettings(machineOptionsSchema);
