import { useEffect, useRef } from 'react';

/** Calls `onEnd` when a trial has been in focus for `seconds` without an answer; null: never. */
export function useTimeLimit(seconds: number | null, trial: number, isOpen: boolean, onEnd: () => void): void {
  const end = useRef(onEnd);
  end.current = onEnd;
  // Another trial begins the time anew.
  const limit = seconds === null || !isOpen ? null : `${trial}:${seconds}`;
  useEffect(() => {
    if (limit === null) return undefined;
    const timer = setTimeout(() => end.current(), Number(limit.split(':')[1]) * 1000);
    return () => clearTimeout(timer);
  }, [limit]);
}
