import { useEffect, useRef } from 'react';

/** Calls `onEnd` when a trial has been in focus for `seconds` without an answer; null: never. */
export function useTimeLimit(seconds: number | null, trial: number, isOpen: boolean, onEnd: () => void): void {
  const end = useRef(onEnd);
  end.current = onEnd;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another trial begins the time anew
  useEffect(() => {
    if (seconds === null || !isOpen) return undefined;
    const timer = setTimeout(() => end.current(), seconds * 1000);
    return () => clearTimeout(timer);
  }, [seconds, trial, isOpen]);
}
