import type { RunSummary } from './run-record.ts';

/**
 * Milliseconds until a running run is done: the time left if its steps go on taking as long as they did in this
 * attempt. Null when that cannot be known yet.
 */
export function timeLeft(run: RunSummary, now: number): number | null {
  if (run.state !== 'running' || run.progress === null || run.attemptStartedAt === null) return null;
  const { done, total, from } = run.progress;
  if (done <= from || total <= 0) return null;
  return Math.max(0, ((now - run.attemptStartedAt) * (total - done)) / (done - from));
}
