import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/**
 * Does one thing at a time, then moves on to a trial. A key that comes before the answer is on disk and the next image
 * is on the page is let go: it would count for an image that its sender did not see. Who has gone elsewhere meanwhile, as
 * to the review, stays there.
 */
export function useOneAtATime(
  onTrial: (trial: number) => void,
): (action: () => Promise<void>, next: number) => Promise<void> {
  const busy = useRef(false);
  const isHere = useRef(true);
  /** Actions that have ended; once the page is drawn anew after one, the next may begin. */
  const [ended, setEnded] = useState(0);
  useLayoutEffect(() => {
    if (ended > 0) busy.current = false;
  }, [ended]);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  return useCallback(
    async (action, next) => {
      if (busy.current) return;
      busy.current = true;
      try {
        await action();
        if (isHere.current) onTrial(next);
      } finally {
        setEnded((count) => count + 1);
      }
    },
    [onTrial],
  );
}
