import type { Screen, SessionNote, TrialEvent } from '../../../../main/contributions/sessions/contract/volunteer.ts';
import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';

/** Where a labeling page gets its images and stores its answers: the program, or the browser storage of a kit. */
export interface DeskPort {
  /** Identifies the session among the windows of this browser. */
  readonly session: string;
  /** Begins a sitting or returns to it. If the plan asks for consent, a sitting begins only after consent. */
  open(screen: Screen): Promise<VolunteerView>;
  /** uint8 [count, height, width, channels] of consecutive trials' images. */
  images(from: number, count: number): Promise<Uint8Array>;
  /** Agreeing begins a sitting. Declining leaves no data. */
  consent(agrees: boolean): Promise<void>;
  /** Resolves once the events are on disk. Sending the same event again has no effect. */
  addEvents(events: readonly TrialEvent[]): Promise<void>;
  addNotes(notes: readonly SessionNote[]): Promise<void>;
  /** Ends the session; with `leaveBlank` even if images have no answer. */
  finish(leaveBlank: boolean): Promise<void>;
  timeUp(): Promise<void>;
  /** `study`: where leaving leads; null: unknown. */
  checkPin(pin: string): Promise<{ ok: boolean; waitSeconds: number; study: string | null }>;
}
