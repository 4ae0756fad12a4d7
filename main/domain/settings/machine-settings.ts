import { machineOptionsSchema } from '../../contract/runs/machine-options.ts';
import { readSettings, type Setting } from './settings.ts';

/** The settings of a machine, declared in main/contract/runs/machine-options.ts. */
export const machineSettings: readonly Setting[] = readSettings(machineOptionsSchema);
