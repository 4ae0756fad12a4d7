import { machineOptionsSchema } from '../contract/api/machine.ts';
import { readSettings, type Setting } from './settings.ts';

/** The settings of a machine, declared in main/contract/api/machine.ts. */
export const machineSettings: readonly Setting[] = readSettings(machineOptionsSchema);
