import type { ComponentType } from 'react';
import type { BoardRow } from '../../../main/contributions/desk/contract/board.ts';
import type { Medium } from '../../../main/contributions/sessions/contract/plan.ts';

/** Where people label besides this computer. */
export interface WayToLabel {
  readonly medium: Medium;
  /** What to do with such sessions, in a sentence or two. */
  readonly note: string;
  /** The next step of a session that has not ended, in the table of sessions. */
  readonly NextStep: ComponentType<{ study: string; row: BoardRow }>;
  /** Pixels of a column with that step. */
  readonly width: number;
}

declare module '../../ui/places/places.ts' {
  interface Places {
    /** Cards beside those that create labeling sessions. */
    'labeling.cards': { study: string; sessions: readonly BoardRow[] };
  }
  interface Lists {
    'labeling.ways': WayToLabel;
  }
}
