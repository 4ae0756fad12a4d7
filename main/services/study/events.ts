import type { RunResult, RunState } from '../../contract/runs/run.ts';
import type { RunChange } from '../../executors/executor.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { targetTitle } from '../../domain/numbers/targets.ts';

/** What happens while a study runs, for the person who waits. Durations in seconds; null where something begins. */
export type StudyEvent =
  | { type: 'step'; name: string; detail: string; seconds: number | null }
  | { type: 'run'; label: string; state: RunState; detail: string; seconds: number | null }
  /** Images are being read. `share` 0 to 1; null: not known. */
  | { type: 'reading'; share: number | null; note: string }
  | { type: 'warning'; message: string }
  | { type: 'predicted'; model: string };

export type StudyListener = (event: StudyEvent) => void;

/** What a person should know of a change: that a run began, and how it ended. Progress is read by polling. */
export function runEvent({ storage }: Workbench, { run, state, event, note }: RunChange): StudyEvent | null {
  const { label } = run;
  if (event?.type === 'started') {
    const from = event.resumedAt > 0 ? `, from step ${event.resumedAt}` : '';
    return { type: 'run', label, state, detail: `${event.engine.name} (${event.engine.device})${from}`, seconds: null };
  }
  if (event?.type === 'log' && event.level === 'warn') {
    return { type: 'warning', message: `${label}: ${event.message}` };
  }
  if (state === 'running') return null;
  const seconds = storage.runHistory.activeTime(run.id) / 1000;
  return { type: 'run', label, state, detail: ending(event, note), seconds };
}

function ending(event: RunChange['event'], note: string | null): string {
  switch (event?.type) {
    case 'done':
      return summary(event.result);
    case 'failed':
      return event.message;
    case 'stopped':
      return `stopped at step ${event.step}`;
    default:
      return note ?? '';
  }
}

function summary(result: RunResult): string {
  switch (result.kind) {
    case 'classifier': {
      const landed = result.snapshots.map(({ accuracy, step }) => `${accuracy.toFixed(2)} % at step ${step}`);
      const missed = result.missed.map(({ target }) => `missed ${targetTitle(target)}`);
      return `${[...landed, ...missed].join(', ')}; ${result.looks} evaluations, ${result.fullLooks} of them on all images`;
    }
    case 'generator':
      return `${result.steps} steps`;
    case 'predictions':
      return `${result.count} images`;
    default:
      return '';
  }
}
