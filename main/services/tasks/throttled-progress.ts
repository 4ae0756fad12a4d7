import { formatInteger } from '../../domain/numbers/format.ts';
import type { TaskEvent } from './task-events.ts';

/** Gets how much is done. `total` null: not known yet. `what`: a plural, such as `images`. */
export type ReadProgress = (done: number, total: number | null, what: string) => void;

/** Milliseconds between two reports of progress. */
const progressInterval = 100;

/** Reports how far reading is as events of a task. */
export function throttledProgress(emit: (event: TaskEvent) => void): ReadProgress {
  let last = 0;
  return (done, total, what) => {
    const now = performance.now();
    if (total !== null && done < total && now - last < progressInterval) return;
    last = now;
    const note = total === null ? what : `${formatInteger(done)} of ${formatInteger(total)} ${what}`;
    emit({ type: 'progress', share: total === null ? null : done / Math.max(1, total), note });
  };
}
