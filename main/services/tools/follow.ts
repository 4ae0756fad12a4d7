/** What some work is given: a function that reports, and a signal that is aborted when nobody follows it any more. */
export interface Followed<Event> {
  report: (event: Event) => void;
  signal: AbortSignal;
}

/**
 * What some work reports, and then its outcome, as they come: for the streams that pages read.
 * @param outer ends the work too @throws what the work throws
 */
export async function* follow<Event, Outcome>(
  work: (followed: Followed<Event>) => Promise<Outcome>,
  outer?: AbortSignal,
): AsyncGenerator<{ event: Event } | { outcome: Outcome }> {
  const events: Event[] = [];
  const unfollowed = new AbortController();
  let wake = (): void => undefined;
  let ended = false;
  const report = (event: Event): void => {
    events.push(event);
    wake();
  };
  const signal = outer ? AbortSignal.any([outer, unfollowed.signal]) : unfollowed.signal;
  const outcome = work({ report, signal }).finally(() => {
    ended = true;
    wake();
  });
  // Awaited at the end; until then a failure is not unhandled.
  outcome.catch(() => undefined);
  try {
    for (;;) {
      for (let event = events.shift(); event !== undefined; event = events.shift()) yield { event };
      if (ended) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (ended || events.length > 0) resolve();
      });
    }
    yield { outcome: await outcome };
  } finally {
    unfollowed.abort();
  }
}
