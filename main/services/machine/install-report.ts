import type { Report } from '../../training/engines/tensorflow/install/report.ts';
import type { MachineMessage } from './tasks.ts';

/** Milliseconds between two words on how far a step is. */
const every = 200;

/** What an installation reports, as messages: steps as lines, and how far a step is where its words say so. */
export function installReport(send: (message: MachineMessage) => void): Report {
  let last = 0;
  return (event) => {
    if (event.type === 'begin') send({ type: 'progress', share: null, note: event.step });
    else if (event.type === 'note') send({ type: 'line', text: event.text });
    else if (event.type === 'end') {
      send({ type: 'line', text: `${event.step}: ${event.text} (${event.seconds.toFixed(1)} s)` });
    } else if (performance.now() - last >= every) {
      last = performance.now();
      send({ type: 'progress', share: shareOf(event.text), note: `${event.step}: ${event.text}` });
    }
  };
}

/** `120 of 274 MB` -> 0.438; null for other words. */
export function shareOf(text: string): number | null {
  const [, done, total] = /^([\d.]+)(?: \w+)? of ([\d.]+)/.exec(text) ?? [];
  const share = Number(done) / Number(total);
  return Number.isFinite(share) ? Math.min(1, share) : null;
}
