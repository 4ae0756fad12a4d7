import type { TypeName } from '../../../main/contract/exhibit.ts';

/** What a type means. `people`: who labelled. */
export const typeMeaning = (type: TypeName, people: string): string =>
  ({
    type_a: 'only networks disagree',
    both_disagree: 'both disagree',
    both_agree: 'both agree',
    type_c: `only ${people} disagree`,
  })[type];

/** Where both agree, it is type B only if they agree on the same label: exceptions are in this cell, and are not. */
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
