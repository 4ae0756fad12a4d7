import type { StimulusSetHeader } from '../../storage/index.ts';
import type { Downloads } from '../tools/downloads.ts';
import type { ChangeFeed } from '../tools/change-feed.ts';
import type { Uploads } from '../tools/uploads.ts';
import type { Workbench } from '../tools/workbench.ts';
import { PinGuard } from './pin.ts';

export interface DeskParts {
  readonly bench: Workbench;
  readonly changes: ChangeFeed;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
}

/** What all of labeling works with: the store, the feed, files that come and go, and the pixels that are shown. */
export class LabelingDesk {
  readonly bench: Workbench;
  readonly changes: ChangeFeed;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
  readonly pins: PinGuard;
  /** Of the set that was shown last: checking and reading it for every page would be slow. */
  #shown: { hash: string; pixels: Buffer } | null = null;

  constructor({ bench, changes, downloads, uploads }: DeskParts) {
    this.bench = bench;
    this.changes = changes;
    this.downloads = downloads;
    this.uploads = uploads;
    this.pins = new PinGuard(bench);
  }

  /** uint8 [images, height, width], images by id. @throws UserError `blob.*` */
  pixels({ hash, pixels }: StimulusSetHeader): Buffer {
    if (this.#shown?.hash !== hash) this.#shown = { hash, pixels: this.bench.storage.blobs.get(pixels) };
    return this.#shown.pixels;
  }

  /** Tells pages that sessions changed; left out: all of labeling. */
  tell(sessions?: readonly number[]): void {
    this.changes.tell('labeling', sessions);
  }
}
