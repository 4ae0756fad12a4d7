import { useState, useCallback, useEffect, useLayoutEffect, useRef } from 'react';

/** The answers of a session so far. */
export interface AnswerState {
  /** Current answers by trial, each on disk. */
  readonly answers: readonly (number | null)[];
  /** Trials that timed out; they stay without an answer. */
  readonly timedOut: ReadonlySet<number>;
}

/** Whether a trial has no answer and did not time out. */
export function isUnanswered({ answers, timedOut }: AnswerState, trial: number): boolean {
  return answers[trial] === null && !timedOut.has(trial);
}

export function unansweredTrials(state: AnswerState): number[] {
  return state.answers.flatMap((_, trial) => (isUnanswered(state, trial) ? [trial] : []));
}

/** Consecutive trials shown together, `from` to before `to`. */
export interface TrialPage {
  from: number;
  to: number;
  isPractice: boolean;
}

/**
 * Splits the trials of a session into pages of at most `perPage`. Practice has its own pages; each block begins a page.
 * @param breaks trials before which a break is offered
 */
export function splitIntoPages(
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

export function pageIndex(pages: readonly TrialPage[], trial: number): number {
  const index = pages.findIndex(({ to }) => trial < to);
  return Math.max(0, index);
}

/**
 * Returns whether a break is due before a trial: once for each break that was passed, and not before the review.
 * @param first the trial that the page opens with
 */
export function newBreaks(
  { breaks, trials }: { breaks: readonly number[]; trials: number },
  first: number,
): (next: number) => boolean {
  let furthest = first;
  return (next) => {
    if (next >= trials) return false;
    const isDue = breaks.some((start) => start > furthest && start <= next);
    furthest = Math.max(furthest, next);
    return isDue;
  };
}

/** Records which answer led to which trial, so that Backspace takes back the last answer, wherever it was. */
interface AnswerPath {
  add(trial: number, next: number): void;
  /** The trial whose answer led to this one; without such an answer (e.g. after an arrow key) its neighbor; -1: none. */
  before(trial: number): number;
  back(): void;
}

export function useAnswerPath(): AnswerPath {
  const [path] = useState(newPath);
  return path;
}

export function newPath(): AnswerPath {
  const steps: { trial: number; next: number }[] = [];
  return {
    add: (trial, next) => {
      steps.push({ trial, next });
    },
    before: (trial) => {
      const last = steps.at(-1);
      return last?.next === trial ? last.trial : trial - 1;
    },
    back: () => {
      steps.pop();
    },
  };
}

/** Runs an action unless another one is running, then moves to a trial. */
export type Act = (action: () => Promise<void>, next: number) => Promise<void>;

/**
 * Runs one action at a time, then moves to a trial. A key is ignored until the answer before it is on disk and the next
 * image is on the page, also after a visit to the review: it would count for an image that the person did not see. A
 * person who went to the review meanwhile stays there.
 * @param isAtTrials whether a trial is on the page, not the review or a break
 */
export function useOneActionAtATime(onTrial: (trial: number) => void, isAtTrials: boolean): Act {
  const busy = useRef(false);
  /** How often the person left the trials. */
  const departures = useRef(0);
  /** Number of ended actions. After the page is drawn again, the next action may begin. */
  const [ended, setEnded] = useState(0);
  useLayoutEffect(() => {
    if (ended > 0) busy.current = false;
  }, [ended]);
  useEffect(() => {
    if (!isAtTrials) return undefined;
    return () => {
      departures.current++;
    };
  }, [isAtTrials]);
  return useCallback(
    async (action, next) => {
      if (busy.current) return;
      busy.current = true;
      const before = departures.current;
      try {
        await action();
        if (departures.current === before) onTrial(next);
      } finally {
        setEnded((count) => count + 1);
      }
    },
    [onTrial],
  );
}
