import type { Quantity } from '../../../main/contract/exhibit.ts';
import { formatCount, formatInteger } from '../../../main/domain/format.ts';

/** `1 labeler`, `10 simulated labelers`. `people`: who labelled. */
export const labelersText = (n: number, people: string): string =>
  `${formatInteger(n)} ${unitName('labelers', n, people)}`;

/** `1 network`, `9 networks`. */
export const networksText = (n: number): string => formatCount(n, 'network');

/** Unit of a count: `repeat`, `pairs of networks`. `people`: who labelled. */
export function unitName(of: NonNullable<Quantity['of']>, n: number, people: string): string {
  const one = n === 1;
  const pairs = one ? 'pair' : 'pairs';
  const labelers = people === 'people' ? 'labelers' : people;
  const plural = (noun: string): string => (one ? noun : `${noun}s`);
  return {
    images: plural('image'),
    models: plural('network'),
    labelers: one ? labelers.slice(0, -1) : labelers,
    values: plural('value'),
    repeats: plural('repeat'),
    'pairs of models': `${pairs} of networks`,
    'pairs of people': `${pairs} of ${people}`,
    'pairs of people and models': `${pairs} of ${people} and networks`,
    'pairs of classes': `${pairs} of classes`,
  }[of];
}
