import type { Quantity } from '../../../main/contract/api/results-parts.ts';

/** What a number counts, in words. `people`: who labelled. */
export const unitName = (of: Quantity['of'], people: string): string =>
  ({
    images: 'images',
    models: 'networks',
    labelers: people === 'people' ? 'labelers' : people,
    values: 'values',
    repeats: 'repeats',
    'pairs of models': 'pairs of networks',
    'pairs of people': `pairs of ${people}`,
    'pairs of people and models': `pairs of ${people} and networks`,
    'pairs of classes': 'pairs of classes',
  })[of];
