import type { Screen, SessionNote, TrialEvent, VolunteerView } from '../../../main/contract/labeling/volunteer.ts';

/** Where a labeling session's page gets its images and leaves its answers: the program, or a kit's own store. */
export interface DeskPort {
  /** Names the session among those that windows of this browser may have open. */
  readonly session: string;
  /** Begins a sitting, or comes back to it; where consent is asked for, not before it was given. */
  open(screen: Screen): Promise<VolunteerView>;
  /** uint8 [count, height, width] of consecutive trials' images. */
  images(from: number, count: number): Promise<Uint8Array>;
  /** Who agrees begins a sitting; who declines leaves nothing behind. */
  consent(agrees: boolean): Promise<void>;
  /** Resolves once the events are on disk. The same event again is the same event. */
  tell(events: readonly TrialEvent[]): Promise<void>;
  note(notes: readonly SessionNote[]): Promise<void>;
  /** Ends the session; with `leaveBlank` even while images have no answer. */
  finish(leaveBlank: boolean): Promise<void>;
  /** Ends the session because its time is up. */
  timeUp(): Promise<void>;
  /** Whether the researcher's PIN is right. */
  leave(pin: string): Promise<{ ok: boolean; waitSeconds: number }>;
}
