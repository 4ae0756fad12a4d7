import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Workbench } from '../tools/workbench.ts';
import type { StimulusSetHeader } from '../../storage/index.ts';
import type { Downloads } from '../tools/downloads.ts';
import type { ChangeFeed } from '../tools/change-feed.ts';
import type { Uploads } from '../tools/uploads.ts';

/** Wrong ones that are answered at once; each one more doubles the wait. */
const freeTries = 5;
const firstWait = 5_000;
const longestWait = 300_000;

const storedPin = z.strictObject({ salt: z.base64(), hash: z.base64() }).nullable();

/** Not among a study's settings: those leave this machine with the study. */
const nameOf = (studyId: number): string => `labeling-pin:${studyId}`;

/** The researcher's PIN, which only a slow hash is kept of, and patience with those who guess. */
export class PinGuard {
  readonly #bench: Workbench;
  readonly #clock: () => number;
  readonly #wrong = new Map<number, { count: number; until: number }>();

  /** @param clock milliseconds of a clock that never jumps: a wait must not grow with a clock that is put back */
  constructor(bench: Workbench, clock: () => number = () => performance.now()) {
    this.#bench = bench;
    this.#clock = clock;
  }

  has(studyId: number): boolean {
    return this.#stored(studyId) !== null;
  }

  /** null takes it away. */
  set(studyId: number, pin: string | null): void {
    const salt = randomBytes(16);
    const value = pin === null ? null : { salt: salt.toString('base64'), hash: hashed(pin, salt).toString('base64') };
    this.#bench.storage.settings.set(nameOf(studyId), value, this.#bench.now());
    this.#wrong.delete(studyId);
  }

  /** Where there is no PIN, any is right. `waitSeconds` > 0: it was not looked at, too many were wrong before. */
  check(studyId: number, pin: string): { ok: boolean; waitSeconds: number } {
    const stored = this.#stored(studyId);
    if (!stored) return { ok: true, waitSeconds: 0 };
    const now = this.#clock();
    const wrong = this.#wrong.get(studyId) ?? { count: 0, until: 0 };
    if (wrong.until > now) return { ok: false, waitSeconds: (wrong.until - now) / 1000 };
    if (timingSafeEqual(hashed(pin, Buffer.from(stored.salt, 'base64')), Buffer.from(stored.hash, 'base64'))) {
      this.#wrong.delete(studyId);
      return { ok: true, waitSeconds: 0 };
    }
    const count = wrong.count + 1;
    const wait = count < freeTries ? 0 : Math.min(longestWait, firstWait * 2 ** (count - freeTries));
    this.#wrong.set(studyId, { count, until: now + wait });
    return { ok: false, waitSeconds: wait / 1000 };
  }

  #stored(studyId: number) {
    return this.#bench.storage.settings.get(nameOf(studyId), storedPin) ?? null;
  }
}

const hashed = (pin: string, salt: Buffer): Buffer => scryptSync(pin, salt, 32);

export interface DeskParts {
  readonly bench: Workbench;
  readonly changes: ChangeFeed;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
}

/** What all of labeling works with: the store, the feed, files that come and go, and the pixels that are shown. */
export class LabelingService {
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
  notify(sessions?: readonly number[]): void {
    this.changes.publish('labeling', sessions);
  }
}
