import { defineContribution } from '../define.ts';

/** What is installed, what works, and why something does not. */
export const doctor = defineContribution({
  name: 'doctor',
  needs: ['machine'],
  commands: () => import('./commands.ts'),
});
