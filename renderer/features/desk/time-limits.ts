import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { workSignInterval } from '../../../main/domain/labeling/time-limits.ts';
import { Sitting } from './sitting.ts';
import type { Desk } from './use-desk.ts';
import { isOpen, type Place } from './trial-path.ts';

/** The time that is left of a session, on the page's clock that never jumps. It stands still in breaks. */
export class SessionClock {
  readonly began: number;
  #left: number;
  /** Since when it runs; null: a break. */
  #since: number | null;

  /** @param leftMs milliseconds that are left @param now milliseconds of `Sitting.now()`, at which it starts to run */
  constructor(leftMs: number, now: number) {
    this.began = now;
    this.#left = leftMs;
    this.#since = now;
  }

  /** Milliseconds that are left at a moment; below 0 where it came too late. */
  left(at: number): number {
    return this.#left - (this.#since === null ? 0 : at - this.#since);
  }

  get isBreak(): boolean {
    return this.#since === null;
  }

  pause(at: number): void {
    this.#left = this.left(at);
    this.#since = null;
  }

  goOn(at: number): void {
    this.#since ??= at;
  }
}

/** Milliseconds between two looks at the clock. */
const lookEvery = 250;

export interface SessionLimit {
  /** The desk, which takes nothing that came after the end. */
  desk: Desk;
  /** Minutes that are left, begun ones included; null: there is no limit. */
  minutes: number | null;
  isOver: boolean;
  /** Stops the clock, and lets it go on. Gives the moment. */
  pause(): number;
  goOn(): number;
}

/**
 * Holds a session's time limit: counts from the first image, ends the session when the time is up, and takes no answer
 * whose key came after that. An answer that came before counts, however long it takes to be stored.
 */
export function useSessionLimit(desk: Desk): SessionLimit {
  const { sitting, view } = desk;
  const [clock] = useState(() => (view.leftMs === null ? null : new SessionClock(view.leftMs, Sitting.now())));
  const [minutes, setMinutes] = useState(() => minutesOf(view.leftMs));
  const [isOver, setOver] = useState(false);
  const ended = useRef(false);
  const { timeUp } = desk;
  const end = useCallback(() => {
    if (ended.current) return;
    ended.current = true;
    setOver(true);
    timeUp().catch(() => undefined);
  }, [timeUp]);
  useSignsOfWork(clock, sitting);
  useEffect(() => {
    if (!clock) return undefined;
    const timer = setInterval(() => {
      const left = clock.left(Sitting.now());
      setMinutes(minutesOf(left));
      if (left <= 0) end();
    }, lookEvery);
    return () => clearInterval(timer);
  }, [clock, end]);
  const timed = useMemo(() => (clock ? inTime(desk, clock, end) : desk), [desk, clock, end]);
  const pause = useCallback(() => {
    const now = Sitting.now();
    clock?.pause(now);
    return now;
  }, [clock]);
  const goOn = useCallback(() => {
    const now = Sitting.now();
    clock?.goOn(now);
    return now;
  }, [clock]);
  return { desk: timed, minutes, isOver, pause, goOn };
}

const minutesOf = (leftMs: number | null): number | null => (leftMs === null ? null : Math.ceil(leftMs / 60_000));

/** Has stored when work began, and every now and then that it goes on. */
function useSignsOfWork(clock: SessionClock | null, sitting: Sitting): void {
  useEffect(() => {
    if (!clock) return undefined;
    sitting.note('work-began', null, clock.began).catch(() => undefined);
    const timer = setInterval(() => {
      if (!clock.isBreak && clock.left(Sitting.now()) > 0) sitting.note('working', null).catch(() => undefined);
    }, workSignInterval);
    return () => clearInterval(timer);
  }, [clock, sitting]);
}

function inTime(desk: Desk, clock: SessionClock, end: () => void): Desk {
  const unlessOver = async (at: number, action: () => Promise<void>): Promise<void> => {
    if (clock.left(at) <= 0) end();
    else await action();
  };
  return {
    ...desk,
    answer: (trial, choice, shownMs, atMs) => unlessOver(atMs, () => desk.answer(trial, choice, shownMs, atMs)),
    undo: (trial, shownMs) => unlessOver(Sitting.now(), () => desk.undo(trial, shownMs)),
    timeOut: (trial, shownMs) => unlessOver(Sitting.now(), () => desk.timeOut(trial, shownMs)),
  };
}

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
