import { z } from 'zod';
import { engineNames, engineTitles, maxSeedsPerStep } from './run.ts';
import { setting } from '../settings/settings.ts';

const hour = (usual: number) => z.int().min(0).max(23).default(usual);

/** What is known of a machine where an option depends on it. */
interface MachineContext {
  /** Engines that can be used. */
  readonly engines: readonly string[];
}

/** How this machine works, setting by setting. By default a worker for each core. */
export const machineOptionsSchema = z.strictObject({
  workers: setting(z.int().min(1).max(1024), {
    title: 'Workers',
    help: 'Trainings at the same time. One for each core is fastest, and the default',
  }),
  seedsPerStep: setting(z.int().min(1).max(maxSeedsPerStep).default(1), {
    title: 'Seeds in one step',
    help: 'Models that differ only in their seed, trained together. Meant for GPUs',
  }),
  engine: setting(z.enum(['auto', ...engineNames]).default('auto'), {
    title: 'Engine',
    help: 'For new runs. Started runs keep their engine',
    names: { auto: 'fastest that passed its check', ...engineTitles },
    isOffered: (name, { engines }: MachineContext) => name === 'auto' || engines.includes(name),
  }),
  paused: setting(z.boolean().default(false), {
    title: 'Paused',
    help: 'All runs wait until somebody resumes them',
    isHidden: true,
  }),
  overnight: setting(
    z
      .strictObject({
        from: setting(hour(20), { title: 'From', unit: 'o’clock', help: 'By the clock of this machine' }),
        to: setting(hour(7), { title: 'To', unit: 'o’clock', help: 'On the next day if it is the lower number' }),
      })
      .nullable()
      .default(null),
    { title: 'Train only overnight', help: 'Runs wait outside these hours' },
  ),
});
export type MachineOptions = z.infer<typeof machineOptionsSchema>;
