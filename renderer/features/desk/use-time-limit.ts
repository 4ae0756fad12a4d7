import { useCallback, useEffect, useRef } from 'react';
import { isOpen } from './open-trials.ts';
import type { Place } from './open-trials.ts';
import { Sitting } from './sitting.ts';
import type { Desk } from './use-desk.ts';

/** Milliseconds after which an end that was not taken is told again. */
const askAgain = 250;

/**
 * Calls `onEnd` when a trial has been in focus without an answer for as long as the plan allows: altogether, so that
 * going away and coming back wins no time. Gives whether a key came in time: a busy computer may hear of the end later.
 * While another window has the session open, the end is not called: a window that was forgotten would run through all
 * images. No key counts after it either, until the other one is closed. While the page is held, no image is seen, and its time
 * stands still.
 * @param isSeen whether its image is on the page
 */
export function useTimeLimit(desk: Desk, trial: number, isSeen: boolean, onEnd: () => void): (atMs: number) => boolean {
  const end = useRef(onEnd);
  const seen = useRef({ trial, atMs: 0 });
  const until = useRef(Number.POSITIVE_INFINITY);
  end.current = onEnd;
  const { focusMs, undoneMs, view, hasOthers, isHeld } = desk;
  const seconds = view.timeLimit.imageSeconds;
  const runs = seconds !== null && isSeen && !isHeld && isOpen(desk, trial);
  // Before the one below, which reads it.
  useEffect(() => {
    if (isSeen && !isHeld) seen.current = { trial, atMs: Sitting.now() };
  }, [trial, isSeen, isHeld]);
  useEffect(() => {
    if (!runs) return undefined;
    const [before, now] = [focusMs.get(trial) ?? 0, Sitting.now()];
    const since = countsFrom(now, seen.current.atMs, undoneMs.get(trial));
    undoneMs.delete(trial);
    until.current = since + Math.max(0, seconds * 1000 - before);
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Until it is taken: it is not while another answer is being stored.
    const ask = (): void => {
      end.current();
      timer = setTimeout(ask, askAgain);
    };
    if (!hasOthers) timer = setTimeout(ask, Math.max(0, until.current - now));
    return () => {
      until.current = Number.POSITIVE_INFINITY;
      clearTimeout(timer);
      focusMs.set(trial, before + Sitting.now() - since);
    };
  }, [runs, seconds, trial, focusMs, undoneMs, hasOthers]);
  return useCallback((atMs) => atMs <= until.current, []);
}

/**
 * From when the time of a trial without an answer counts: of one whose answer was taken back while it was in sight, from that
 * key on, however long that took to be stored, as the host counts it.
 */
export function countsFrom(now: number, seenMs: number, undoneMs: number | undefined): number {
  return undoneMs !== undefined && undoneMs >= seenMs ? undoneMs : now;
}

/**
 * The trial to go on to: from one that was open to the next open one, beyond the last one where there is none, so that
 * nobody walks through what is answered; from an answer that is changed to its neighbour whose time did not run out.
 */
export function trialAfter(desk: Place, trial: number): number {
  const { answers, timedOut } = desk;
  const goesOn = isOpen(desk, trial) ? (next: number) => !isOpen(desk, next) : (next: number) => timedOut.has(next);
  let next = trial + 1;
  while (next < answers.length && goesOn(next)) next++;
  return next;
}
