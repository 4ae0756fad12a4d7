import { pausedWords } from '../../../main/domain/networks/status.ts';

/** As the call `work.state` gives it. */
interface TrainingNow {
  paused: boolean;
  opensAt: number | null;
}

/** Why no run works now, in words; null: runs may work. */
export function whyPaused({ paused, opensAt }: TrainingNow): string | null {
  if (opensAt !== null) return `Training runs only overnight. It starts at ${opensAt}:00.`;
  return paused ? pausedWords : null;
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
