import { useState, useCallback, useEffect, useLayoutEffect, useRef } from 'react';

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

/** Consecutive trials that are shown together: `from` to before `to`. */
export interface TrialPage {
  from: number;
  to: number;
  isPractice: boolean;
}

/**
 * The trials of a session in pages of at most `perPage`. Practice has pages of its own, and each block begins a page.
 * @param breaks trials before which a break is offered
 */
export function pagesOf(
  trials: number,
  practice: number,
  breaks: readonly number[],
  perPage: number,
): readonly TrialPage[] {
  const starts = new Set([practice, ...breaks]);
  const pages: TrialPage[] = [];
  for (let from = 0; from < trials; ) {
    let to = from + 1;
    while (to < trials && to - from < perPage && !starts.has(to)) to++;
    pages.push({ from, to, isPractice: to <= practice });
    from = to;
  }
  return pages;
}

/** Index of the page that a trial is on. */
export function pageOf(pages: readonly TrialPage[], trial: number): number {
  return Math.max(
    0,
    pages.findIndex(({ to }) => trial < to),
  );
}

/** Which answer led to which trial, so that Backspace takes back what was answered last, wherever that was. */
export interface AnswerPath {
  add(trial: number, next: number): void;
  /** The trial whose answer led to this one; where none did, e.g. after an arrow key, its neighbour; -1: none. */
  before(trial: number): number;
  /** The last answer was taken back. */
  back(): void;
}

export function useAnswerPath(): AnswerPath {
  const [path] = useState(newPath);
  return path;
}

function newPath(): AnswerPath {
  const steps: { trial: number; next: number }[] = [];
  return {
    add: (trial, next) => void steps.push({ trial, next }),
    before: (trial) => {
      const last = steps.at(-1);
      return last?.next === trial ? last.trial : trial - 1;
    },
    back: () => void steps.pop(),
  };
}

/** Does something, unless something else is being done, then moves on to a trial. */
export type Act = (action: () => Promise<void>, next: number) => Promise<void>;

/**
 * Does one thing at a time, then moves on to a trial. A key that comes before the answer is on disk and the next image
 * is on the page is let go, also after a look at the review: it would count for an image that its sender did not see. Who
 * has gone elsewhere meanwhile, as to the review, stays where they are.
 * @param isAtTrials whether a trial is on the page, not the review or a break
 */
export function useOneAtATime(onTrial: (trial: number) => void, isAtTrials: boolean): Act {
  const busy = useRef(false);
  /** How often the trials were gone away from. */
  const goings = useRef(0);
  /** Actions that have ended; once the page is drawn anew after one, the next may begin. */
  const [ended, setEnded] = useState(0);
  useLayoutEffect(() => {
    if (ended > 0) busy.current = false;
  }, [ended]);
  useEffect(() => {
    if (!isAtTrials) return undefined;
    return () => {
      goings.current++;
    };
  }, [isAtTrials]);
  return useCallback(
    async (action, next) => {
      if (busy.current) return;
      busy.current = true;
      const before = goings.current;
      try {
        await action();
        if (goings.current === before) onTrial(next);
      } finally {
        setEnded((count) => count + 1);
      }
    },
    [onTrial],
  );
}
