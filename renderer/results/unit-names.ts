import type { Quantity } from '../../main/contract/results/exhibit.ts';
import type { ResultsOverview } from '../../main/contract/api/results-tables.ts';
import { formatCount, formatInteger, rangeText } from '../../main/domain/numbers/format.ts';

/** `1 labeler`, `10 simulated labelers`; of counts `47 to 63 labels an image, as counts`. `people`: who labeled. */
export function labelersText({ labelers, counted, response }: Labelers, people: string): string {
  if (!counted) return `${formatInteger(labelers)} ${unitName('labelers', labelers, people)}`;
  return `${rangeText(counted)} ${response === 'counts' ? 'labels an image, as counts' : 'answers an image'}`;
}

/** Who labeled, as every answer says it. */
export type Labelers = Pick<ResultsOverview, 'labelers' | 'counted' | 'response'>;

/** `1 network`, `9 networks`. */
export const networksText = (n: number): string => formatCount(n, 'network');

/** Unit of a count: `repeat`, `pairs of networks`. `people`: who labeled. */
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
