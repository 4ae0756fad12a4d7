import type { Quantity, TypeName } from '../../../main/contract/exhibit.ts';
import { formatCount, formatInteger } from '../../../main/domain/format.ts';

/** Meaning of a type. `people`: who labelled. */
export const typeMeaning = (type: TypeName, people: string): string =>
  ({
    type_a: 'only networks disagree',
    both_disagree: 'both disagree',
    both_agree: 'both agree',
    type_c: `only ${people} disagree`,
  })[type];

/** `both_agree` has no letter: it is type B unless people and networks agree on different labels (an exception). */
const beginnings: Record<TypeName, string> = {
  type_a: 'Type A: ',
  both_disagree: 'Type B: ',
  both_agree: '',
  type_c: 'Type C: ',
};

/** `Type A: only networks disagree`. */
export function typeName(type: TypeName, people: string): string {
  const name = `${beginnings[type]}${typeMeaning(type, people)}`;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

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
