import type { RunState } from '../../contract/run.ts';

/** What a person who waits for a study wants to know. Durations in seconds; null where something only begins. */
export type StudyEvent =
  | { type: 'step'; name: string; detail: string; seconds: number | null }
  | { type: 'run'; label: string; state: RunState; detail: string; seconds: number | null }
  | { type: 'warning'; message: string }
  /** A network's answers for the stimuli are stored. */
  | { type: 'predicted'; model: string };

export type StudyListener = (event: StudyEvent) => void;
