import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { maxSeedsPerStep } from '../../contract/run.ts';
import type { Pause } from '../../domain/status.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { Workbench } from './workbench.ts';

const hour = z.int().min(0).max(23);

const machineSettingsSchema = z.strictObject({
  workers: z.int().min(1).max(1024).default(availableParallelism),
  /** How many models that differ only in their seed are trained in one step; for GPUs. */
  seedsPerStep: z.int().min(1).max(maxSeedsPerStep).default(1),
  /** The engine for new runs; `auto`: the fastest that passed its self-check. */
  engine: z.enum(['auto', 'tensorflow', 'webgpu', 'wasm']).default('auto'),
  /** All runs wait until the user resumes them. */
  paused: z.boolean().default(false),
  /** Runs work only between these hours of the machine's clock, `from` to before `to`; null: at any time. */
  overnight: z.strictObject({ from: hour, to: hour }).nullable().default(null),
});
export type MachineSettings = z.infer<typeof machineSettingsSchema>;

const name = 'machine';

export class Settings {
  readonly #workbench: Workbench;
  readonly #changes: ChangeFeed;

  constructor(workbench: Workbench, changes: ChangeFeed) {
    this.#workbench = workbench;
    this.#changes = changes;
  }

  get(): MachineSettings {
    return this.#workbench.storage.settings.get(name, machineSettingsSchema) ?? machineSettingsSchema.parse({});
  }

  set(change: Partial<MachineSettings>): MachineSettings {
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
export function isWithinHours(overnight: MachineSettings['overnight'], moment: Date): boolean {
  if (overnight === null || overnight.from === overnight.to) return true;
  const { from, to } = overnight;
  const hour = moment.getHours();
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}
