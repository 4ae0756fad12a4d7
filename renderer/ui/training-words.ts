import type { MachineOptions } from '../../main/contract/api/machine.ts';

interface TrainingNow {
  options: Pick<MachineOptions, 'paused' | 'overnight'>;
  /** Whether runs may run at this hour. */
  openNow: boolean;
}

/** Why no run works now, in the words of the list of jobs and the Machine screen; null: runs may work. */
export function whyPaused({ options: { paused, overnight }, openNow }: TrainingNow): string | null {
  if (paused) return 'All training is paused. Runs resume from their last checkpoint.';
  return openNow ? null : `Training runs only overnight. It starts at ${overnight?.from}:00.`;
}
