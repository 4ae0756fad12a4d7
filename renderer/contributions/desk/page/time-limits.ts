import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { workSignInterval } from '../../../../main/contributions/desk/analysis/time-limits.ts';
import { Sitting } from './sitting.ts';
import type { Desk } from './use-desk.ts';
import { isUnanswered, type AnswerState } from './trial-path.ts';

/** The remaining time of a session, on the page's monotonic clock. It stops in breaks. */
class SessionClock {
  readonly began: number;
  #remaining: number;
  /** When it started to run; null: a break. */
  #since: number | null;

  /** @param now milliseconds of `Sitting.now()`, at which it starts to run */
  constructor(remainingMs: number, now: number) {
    this.began = now;
    this.#remaining = remainingMs;
    this.#since = now;
  }

  /** Remaining milliseconds at a moment; negative after the end. */
  remaining(at: number): number {
    return this.#remaining - (this.#since === null ? 0 : at - this.#since);
  }

  get isBreak(): boolean {
    return this.#since === null;
  }

  pause(at: number): void {
    this.#remaining = this.remaining(at);
    this.#since = null;
  }

  resume(at: number): void {
    this.#since ??= at;
  }
}

/** Milliseconds between two checks of the clock. */
const checkInterval = 250;

/**
 * Enforces a session's time limit: counts from the first image, ends the session when the time is up, and ignores keys
 * pressed after that. An answer pressed in time counts, however long storing it takes. `pause` and `resume` stop and restart
 * the clock and return the time.
 */
export function useSessionLimit(desk: Desk) {
  const { sitting, view } = desk;
  const [clock] = useState(() => (view.leftMs === null ? null : new SessionClock(view.leftMs, Sitting.now())));
  /** Remaining, rounded up; null: no limit. */
  const [minutes, setMinutes] = useState(() => wholeMinutes(view.leftMs));
  const [isOver, setOver] = useState(false);
  const ended = useRef(false);
  const { timeUp } = desk;
  const end = useCallback(() => {
    if (ended.current) return;
    ended.current = true;
    setOver(true);
    timeUp().catch(() => undefined);
  }, [timeUp]);
  useWorkNotes(clock, sitting);
  useEffect(() => {
    if (!clock) return undefined;
    const timer = setInterval(() => {
      const remaining = clock.remaining(Sitting.now());
      setMinutes(wholeMinutes(remaining));
      if (remaining <= 0) end();
    }, checkInterval);
    return () => clearInterval(timer);
  }, [clock, end]);
  const timed = useMemo(() => (clock ? withinLimit(desk, clock, end) : desk), [desk, clock, end]);
  const pause = useCallback(() => {
    const now = Sitting.now();
    clock?.pause(now);
    return now;
  }, [clock]);
  const resume = useCallback(() => {
    const now = Sitting.now();
    clock?.resume(now);
    return now;
  }, [clock]);
  return { desk: timed, minutes, isOver, pause, resume };
}

const wholeMinutes = (leftMs: number | null): number | null => (leftMs === null ? null : Math.ceil(leftMs / 60_000));

/** Records when work began, and regularly that it continues. */
function useWorkNotes(clock: SessionClock | null, sitting: Sitting): void {
  useEffect(() => {
    if (!clock) return undefined;
    sitting.note('work-began', null, clock.began).catch(() => undefined);
    const timer = setInterval(() => {
      if (!clock.isBreak && clock.remaining(Sitting.now()) > 0) sitting.note('working', null).catch(() => undefined);
    }, workSignInterval);
    return () => clearInterval(timer);
  }, [clock, sitting]);
}

function withinLimit(desk: Desk, clock: SessionClock, end: () => void): Desk {
  const unlessOver = async (at: number, action: () => Promise<void>): Promise<void> => {
    if (clock.remaining(at) <= 0) end();
    else await action();
  };
  return {
    ...desk,
    answer: (trial, choice, shownMs, atMs) => unlessOver(atMs, () => desk.answer(trial, choice, shownMs, atMs)),
    undo: (trial, shownMs) => unlessOver(Sitting.now(), () => desk.undo(trial, shownMs)),
    timeOut: (trial, shownMs) => unlessOver(Sitting.now(), () => desk.timeOut(trial, shownMs)),
  };
}

/** Milliseconds after which a timeout that could not be stored is tried again. */
const retryInterval = 250;

/**
 * Calls `onEnd` when a trial has been in focus without an answer for as long as the plan allows. All visits add up, so
 * leaving and returning gains no time. Returns a function that tells whether a key was pressed in time, because a busy
 * computer may notice the end late. While another window has the session open, `onEnd` is not called: a forgotten window
 * would run through all images. Keys after the end do not count then either. While the page is held, no image is visible
 * and the time stops.
 * @param isSeen whether the image is on the page
 */
export function useTimeLimit(desk: Desk, trial: number, isSeen: boolean, onEnd: () => void): (atMs: number) => boolean {
  const end = useRef(onEnd);
  const seen = useRef({ trial, atMs: 0 });
  const until = useRef(Number.POSITIVE_INFINITY);
  end.current = onEnd;
  const { focusMs, undoneMs, view, hasOtherWindows, isHeld } = desk;
  const seconds = view.timeLimit.imageSeconds;
  const runs = seconds !== null && isSeen && !isHeld && isUnanswered(desk, trial);
  // Both with the drawing: later effects of a busy computer would count what passes meanwhile. Must run before the one below,
  // which reads it.
  useLayoutEffect(() => {
    if (isSeen && !isHeld) seen.current = { trial, atMs: Sitting.now() };
  }, [trial, isSeen, isHeld]);
  useLayoutEffect(() => {
    if (!runs) return undefined;
    const [before, now] = [focusMs.get(trial) ?? 0, Sitting.now()];
    const since = limitStart(now, seen.current.atMs, undoneMs.get(trial));
    undoneMs.delete(trial);
    until.current = since + Math.max(0, seconds * 1000 - before);
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Repeated until accepted: it is ignored while another answer is being stored.
    const endTrial = (): void => {
      end.current();
      timer = setTimeout(endTrial, retryInterval);
    };
    if (!hasOtherWindows) timer = setTimeout(endTrial, Math.max(0, until.current - now));
    return () => {
      until.current = Number.POSITIVE_INFINITY;
      clearTimeout(timer);
      focusMs.set(trial, before + Sitting.now() - since);
    };
  }, [runs, seconds, trial, focusMs, undoneMs, hasOtherWindows]);
  return useCallback((atMs) => atMs <= until.current, []);
}

/**
 * When the time of a trial without an answer starts. If its answer was taken back while it was visible, that is the moment
 * of the key, however long storing took, because the host counts the same way.
 */
export function limitStart(now: number, seenMs: number, undoneMs: number | undefined): number {
  return undoneMs !== undefined && undoneMs >= seenMs ? undoneMs : now;
}

/**
 * The trial after an answer: from an unanswered trial to the next unanswered one (or past the last trial), so that nobody
 * steps through answered trials; from a changed answer to the next trial that did not time out.
 */
export function trialAfter(desk: AnswerState, trial: number): number {
  const { answers, timedOut } = desk;
  const skips = isUnanswered(desk, trial)
    ? (next: number) => !isUnanswered(desk, next)
    : (next: number) => timedOut.has(next);
  let next = trial + 1;
  while (next < answers.length && skips(next)) next++;
  return next;
}
