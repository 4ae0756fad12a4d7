import { defineContribution } from '../define.ts';
import { closeMachine } from './opened.ts';

/** The Machine screen: engines and how to get faster ones, options of training, disk use, cleaning up, backups. */
export const machine = defineContribution({
  name: 'machine',
  calls: () => import('./calls.ts'),
  opened: (lab) => ({ close: () => closeMachine(lab) }),
});
