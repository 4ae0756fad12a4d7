import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../../contract/wire/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';

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
export class PinGuard {
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
