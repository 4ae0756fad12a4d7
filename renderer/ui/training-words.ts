import { pausedWords } from '../../main/domain/status.ts';
import type { MachineOptions } from '../../main/contract/api/machine.ts';

interface TrainingNow {
  options: Pick<MachineOptions, 'paused' | 'overnight'>;
  /** Whether runs may run at this hour. */
  openNow: boolean;
}

/** Why no run works now, in the words of the list of jobs and the Machine screen; null: runs may work. */
export function whyPaused({ options: { paused, overnight }, openNow }: TrainingNow): string | null {
  if (paused) return pausedWords;
  return openNow ? null : `Training runs only overnight. It starts at ${overnight?.from}:00.`;
}

/** What buttons that stop say, and what then stops and what stays. */
export const stopping = {
  study: {
    label: 'Stop study',
    does: 'Ends all jobs of this study and takes them off the queue. What is done stays; trainings resume from their last checkpoint when you start them again.',
  },
  job: {
    label: 'Stop job',
    does: 'Ends this job alone and takes it off the queue. What is done stays; other jobs continue.',
  },
} as const;
