import type { Workbench } from '../workbench/workbench.ts';
import type { Downloads } from '../tools/downloads.ts';
import type { ChangeFeed } from '../workbench/change-feed.ts';
import type { Removals } from '../workbench/removals.ts';
import type { Uploads } from '../tools/uploads.ts';

/** The parts that labeling uses: storage, change feed and file transfers. */
export class LabelingService {
  readonly workbench: Workbench;
  readonly changes: ChangeFeed;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
  readonly removals: Removals;

  constructor({
    workbench,
    changes,
    downloads,
    uploads,
    removals,
  }: Pick<LabelingService, 'workbench' | 'changes' | 'downloads' | 'uploads' | 'removals'>) {
    this.workbench = workbench;
    this.changes = changes;
    this.downloads = downloads;
    this.uploads = uploads;
    this.removals = removals;
  }

  /** Notifies pages that labeling changed. @param sessions ids; absent: anything */
  notify(sessions?: readonly number[]): void {
    this.changes.publish('labeling', sessions);
  }

  /** Notifies pages that labels changed, and results with them. @param sessions ids; absent: anything */
  notifyLabels(sessions?: readonly number[]): void {
    this.notify(sessions);
    this.changes.publish('studies');
  }
}
