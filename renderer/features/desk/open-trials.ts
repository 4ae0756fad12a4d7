/** How far a session is. */
export interface Place {
  /** Current answers by trial. */
  readonly answers: readonly (number | null)[];
  /** Trials whose time ran out: they stay without an answer. */
  readonly timedOut: ReadonlySet<number>;
}

/** Whether a trial has no answer, and time to get one. */
export function isOpen({ answers, timedOut }: Place, trial: number): boolean {
  return answers[trial] === null && !timedOut.has(trial);
}

/** All trials that are open. */
export function openTrials(place: Place): number[] {
  return place.answers.flatMap((_, trial) => (isOpen(place, trial) ? [trial] : []));
}
