import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { workSignEvery } from '../../../main/contract/labeling/session-clock.ts';
import { SessionClock } from './session-clock.ts';
import { Sitting } from './sitting.ts';
import type { Desk } from './use-desk.ts';

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
    }, workSignEvery);
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
