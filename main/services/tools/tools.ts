import type { Launcher } from '../../processes/launcher.ts';
import type { ChangeFeed } from '../workbench/change-feed.ts';
import type { Downloads } from './downloads.ts';
import type { Jobs } from './jobs.ts';
import type { Settings } from '../workbench/settings.ts';
import type { Uploads } from './uploads.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** Tools that features share. Each function takes those that it uses: `Pick<Tools, 'bench' | 'changes'>`. */
export interface Tools {
  readonly workbench: Workbench;
  readonly changes: ChangeFeed;
  readonly jobs: Jobs;
  readonly settings: Settings;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
  readonly launcher: Launcher;
}
