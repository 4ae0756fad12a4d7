import type { TeachingCalls } from '../../../main/contributions/teaching/calls.ts';
import { useApiOf } from '../../client/index.ts';

/** Calls of this contribution. */
export const useTeaching = () => useApiOf<TeachingCalls>('teaching');

/** What changes answers about an experiment and its outcomes. */
export const meta = { follows: ['studies', 'stimuli', 'predictions', 'labeling'] };
