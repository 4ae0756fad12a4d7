import type { TypeName } from '../../../main/contract/api/results-parts.ts';

/** What a type means. `people`: who labelled. */
export const typeMeaning = (type: TypeName, people: string): string =>
  ({
    type_a: 'only networks disagree',
    both_disagree: 'both disagree',
    both_agree: 'both agree',
    type_c: `only ${people} disagree`,
  })[type];

const letters: Record<TypeName, string> = { type_a: 'A', both_disagree: 'B', both_agree: 'B', type_c: 'C' };

/** `Type A: only networks disagree`. */
export const typeName = (type: TypeName, people: string): string =>
  `Type ${letters[type]}: ${typeMeaning(type, people)}`;
