import { useCallback, useLayoutEffect, useRef, useState } from 'react';

/**
 * Does one thing at a time, then moves on to a trial. A key that comes before the answer is on disk and the next image
 * is on the page is let go: it would count for an image that its sender did not see.
 */
export function useOneAtATime(
  onTrial: (trial: number) => void,
): (action: () => Promise<void>, next: number) => Promise<void> {
  const busy = useRef(false);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page has just been drawn with the next image
  useLayoutEffect(() => {
    busy.current = false;
  }, [turn]);
  return useCallback(
    async (action, next) => {
      if (busy.current) return;
      busy.current = true;
      try {
        await action();
        onTrial(next);
      } finally {
        setTurn((turns) => turns + 1);
      }
    },
    [onTrial],
  );
}
