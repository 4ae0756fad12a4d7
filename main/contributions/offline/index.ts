import { defineContribution } from '../define.ts';
import { closeKitReader } from './kit-reader.ts';

/** Kits and paper: people label on computers without the program, or on sheets that are printed. */
export const offline = defineContribution({
  name: 'offline',
  needs: ['desk', 'sessions'],
  calls: () => import('./calls.ts'),
  opened: (lab) => ({ close: () => closeKitReader(lab) }),
});
