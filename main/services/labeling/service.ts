import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { readImages } from '../tools/find.ts';
import type { Workbench } from '../tools/workbench.ts';
import type { StimulusSetHeader } from '../../storage/index.ts';
import type { Downloads } from '../tools/downloads.ts';
import type { ChangeFeed } from '../tools/change-feed.ts';
import type { Removals } from '../tools/removals.ts';
import type { Uploads } from '../tools/uploads.ts';

/** Wrong PINs without a wait; each further one doubles it. Milliseconds. */
const freeTries = 5;
const firstWait = 5_000;
const longestWait = 300_000;

const storedPin = z.strictObject({ salt: z.base64(), hash: z.base64() }).nullable();

/** A PIN is not a setting of the study, because those leave this machine with the study. */
const pinSetting = (studyId: number): string => `labeling-pin:${studyId}`;

/** The number of wrong PINs since the last correct one. */
const wrongSetting = (studyId: number): string => `labeling-pin-wrong:${studyId}`;

/** Stores a slow hash of the researcher's PIN, and makes guessing slow. */
class PinGuard {
  readonly #workbench: Workbench;
  readonly #clock: () => number;
  /** Until when no PIN is checked, by study. */
  readonly #until = new Map<number, number>();

  /** @param clock milliseconds of a monotonic clock, so that setting the system clock does not change a wait */
  constructor(workbench: Workbench, clock: () => number = () => performance.now()) {
    this.#workbench = workbench;
    this.#clock = clock;
  }

  has(studyId: number): boolean {
    return this.#stored(studyId) !== null;
  }

  /** @param pin null removes it */
  set(studyId: number, pin: string | null): void {
    const salt = randomBytes(16);
    const value = pin === null ? null : { salt: salt.toString('base64'), hash: hashPin(pin, salt).toString('base64') };
    this.#workbench.storage.settings.set(pinSetting(studyId), value, this.#workbench.now());
    this.#until.delete(studyId);
    this.#countWrong(studyId, 0);
  }

  /** Without a stored PIN, every PIN is correct. `waitSeconds` > 0: not checked, because too many were wrong. */
  check(studyId: number, pin: string): { ok: boolean; waitSeconds: number } {
    const stored = this.#stored(studyId);
    if (!stored) return { ok: true, waitSeconds: 0 };
    const now = this.#clock();
    const until = this.#until.get(studyId) ?? 0;
    if (until > now) return { ok: false, waitSeconds: (until - now) / 1000 };
    const before = this.#workbench.storage.settings.get(wrongSetting(studyId), z.int()) ?? 0;
    if (timingSafeEqual(hashPin(pin, Buffer.from(stored.salt, 'base64')), Buffer.from(stored.hash, 'base64'))) {
      this.#until.delete(studyId);
      if (before > 0) this.#countWrong(studyId, 0);
      return { ok: true, waitSeconds: 0 };
    }
    const count = before + 1;
    this.#countWrong(studyId, count);
    const wait = count < freeTries ? 0 : Math.min(longestWait, firstWait * 2 ** (count - freeTries));
    this.#until.set(studyId, now + wait);
    return { ok: false, waitSeconds: wait / 1000 };
  }

  /** Kept over restarts, so that they allow one guess each. A full disk keeps nobody from leaving. */
  #countWrong(studyId: number, count: number): void {
    try {
      this.#workbench.storage.settings.set(wrongSetting(studyId), count, this.#workbench.now());
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }

  #stored(studyId: number) {
    return this.#workbench.storage.settings.get(pinSetting(studyId), storedPin) ?? null;
  }
}

const hashPin = (pin: string, salt: Buffer): Buffer => scryptSync(pin, salt, 32);

/** The parts that labeling uses: storage, change feed, file transfers, PINs, and the pixels of the images. */
export class LabelingService {
  readonly workbench: Workbench;
  readonly changes: ChangeFeed;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
  readonly removals: Removals;
  readonly pins: PinGuard;
  /** Pixels of the last stimulus set: reading and checking them for every page would be slow. */
  #cached: { hash: string; pixels: Buffer } | null = null;

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
    this.pins = new PinGuard(workbench);
  }

  /** uint8 [images, height, width, channels], images by id. @throws UserError `blob.*` */
  pixels(set: StimulusSetHeader): Buffer {
    if (this.#cached?.hash !== set.hash)
      this.#cached = { hash: set.hash, pixels: readImages(this.workbench, set).pixels };
    return this.#cached.pixels;
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
