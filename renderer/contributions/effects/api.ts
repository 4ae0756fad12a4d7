import type { EffectsCalls } from '../../../main/contributions/effects/calls.ts';
import { useApiOf } from '../../client/context.tsx';

/** The calls of effects and sweeps. */
export const useEffectsApi = () => useApiOf<EffectsCalls>('effects');

/** What changes answers about effects. */
export const meta = { follows: ['studies', 'stimuli', 'predictions', 'labeling'] };
