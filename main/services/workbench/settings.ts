import { availableParallelism } from 'node:os';
import { machineOptionsSchema, type MachineOptions } from '../../contract/runs/machine-options.ts';
import type { Pause } from '../../domain/networks/status.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { Workbench } from './workbench.ts';

const machineSettingsSchema = machineOptionsSchema.extend({
  workers: machineOptionsSchema.shape.workers.default(availableParallelism),
});

const name = 'machine';

export class Settings {
  readonly #workbench: Workbench;
  readonly #changes: ChangeFeed;

  constructor(workbench: Workbench, changes: ChangeFeed) {
    this.#workbench = workbench;
    this.#changes = changes;
  }

  get(): MachineOptions {
    return this.#workbench.storage.settings.get(name, machineSettingsSchema) ?? machineSettingsSchema.parse({});
  }

  set(change: Partial<MachineOptions>): MachineOptions {
    const settings = { ...this.get(), ...change };
    this.#workbench.storage.settings.set(name, settings, this.#workbench.now());
    this.#changes.publish('settings');
    return settings;
  }
}

/** Which runs may not work now. */
export function pauseNow({ workbench, settings }: { workbench: Workbench; settings: Pick<Settings, 'get'> }): Pause {
  const { paused, overnight } = settings.get();
  if (paused) return 'all';
  return isWithinHours(overnight, new Date(workbench.now())) ? null : 'here';
}

/** Whether runs may run at this moment of the machine's clock. The hours may include midnight: 20 to 7. */
export function isWithinHours(overnight: MachineOptions['overnight'], moment: Date): boolean {
  if (overnight === null || overnight.from === overnight.to) return true;
  const { from, to } = overnight;
  const hour = moment.getHours();
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}
