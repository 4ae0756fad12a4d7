import type { Attack, Step } from './campaign.ts';
import { actUntilKilled } from './while-acting.ts';

async function step(step: Step): Promise<void> {
  await actUntilKilled(step, { ...(await step.template.large()), rounds: 2, during: 'acts, 1.5 million labels' });
}

/** The same as while few data are there: imports, exports, withdrawals and backups then take so long that kills meet them. */
export const large: Attack = {
  name: 'large',
  unit: 'kills',
  weight: 1,
  isLong: true,
  obstacle: () => (process.platform === 'linux' ? null : 'reads /proc'),
  step,
};
