import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

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
