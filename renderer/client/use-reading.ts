import { useEffect, useRef, useState } from 'react';
import type { Progress } from '../../main/contract/api/data-sets.ts';

/** Work that reports progress and then its result. */
export interface Reading<Result> {
  result: Result | null;
  progress: Progress | null;
  error: unknown;
}

/** The part of a stream that is its result. */
type ResultOf<Part> = Exclude<Part, { type: 'progress' }>;
type Parts = { type: string } | ({ type: 'progress' } & Progress);

/**
 * Reads a stream from its first part to its result, anew for each input. Leaving the screen, or another input, ends the
 * work behind it.
 * @param input null: nothing is asked for. Compared by identity
 */
export function useReading<Input extends object, Part extends Parts>(
  input: Input | null,
  ask: (input: Input, options: { signal: AbortSignal }) => Promise<AsyncIterable<Part>>,
): Reading<ResultOf<Part>> {
  const [state, setState] = useState<Reading<ResultOf<Part>> & { of: Input | null }>({ ...nothing, of: null });
  const asking = useRef(ask);
  asking.current = ask;
  useEffect(() => {
    if (input === null) return;
    const leave = new AbortController();
    const set = (part: Partial<Reading<ResultOf<Part>>>): void => {
      if (!leave.signal.aborted) setState({ ...nothing, ...part, of: input });
    };
    const read = async (): Promise<void> => {
      for await (const part of await asking.current(input, leave)) {
        if (isProgress(part)) set({ progress: part });
        else set({ result: part as ResultOf<Part> });
        if (leave.signal.aborted) return;
      }
    };
    read().catch((error: unknown) => set({ error }));
    return () => leave.abort();
  }, [input]);
  return state.of === input ? state : nothing;
}

const nothing = { result: null, progress: null, error: null };

const isProgress = (part: Parts): part is { type: 'progress' } & Progress => part.type === 'progress';
