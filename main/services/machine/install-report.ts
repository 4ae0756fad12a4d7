import type { Report } from '../../training/engines/tensorflow/install/report.ts';
import type { TaskEvent } from './machine-calls.ts';

/** Milliseconds between two reports of a step's progress. */
const progressInterval = 200;

/** What an installation reports, as events of its task: finished steps as lines, and the share of a step that is done. */
export function installReport(emit: (event: TaskEvent) => void): Report {
  let last = 0;
  return (event) => {
    if (event.type === 'begin') emit({ type: 'progress', share: null, note: event.step });
    else if (event.type === 'note') emit({ type: 'line', text: event.text });
    else if (event.type === 'end') {
      emit({ type: 'line', text: `${event.step}: ${event.text} (${event.seconds.toFixed(1)} s)` });
    } else if (performance.now() - last >= progressInterval) {
      last = performance.now();
      emit({ type: 'progress', share: shareDone(event.text), note: `${event.step}: ${event.text}` });
    }
  };
}

/** `120 of 274 MB` -> 0.438; null for other words. */
export function shareDone(text: string): number | null {
  const [, done, total] = /^([\d.]+)(?: \w+)? of ([\d.]+)/.exec(text) ?? [];
  const share = Number(done) / Number(total);
  return Number.isFinite(share) ? Math.min(1, share) : null;
}
