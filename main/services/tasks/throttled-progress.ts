import { formatInteger } from '../../domain/format.ts';
import type { ReadContext } from '../../training/data/sources/source.ts';
import type { TaskEvent } from './task-events.ts';

/** Milliseconds between two reports of progress. */
const progressInterval = 100;

/** Reports how far reading is as events of a task. */
export function throttledProgress(emit: (event: TaskEvent) => void): ReadContext['progress'] {
  let last = 0;
  return (done, total, what) => {
    const now = performance.now();
    if (total !== null && done < total && now - last < progressInterval) return;
    last = now;
    const note = total === null ? what : `${formatInteger(done)} of ${formatInteger(total)} ${what}`;
    emit({ type: 'progress', share: total === null ? null : done / Math.max(1, total), note });
  };
}
