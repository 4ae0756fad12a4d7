import type { EffectsCalls } from '../../../main/contributions/effects/calls.ts';
import { useApiOf } from '../../client/index.ts';

/** The calls of effects and sweeps. */
export const useEffectsApi = () => useApiOf<EffectsCalls>('effects');

/** What changes answers about effects. */
export const meta = { follows: ['studies', 'stimuli', 'predictions', 'labeling'] };
