import { ForkLauncher } from '../../executors/index.ts';
import type { Launcher } from '../../executors/index.ts';

/** How hosts on plain Node start worker processes. */
export const launcherHere = (): Launcher => new ForkLauncher(process.env);
