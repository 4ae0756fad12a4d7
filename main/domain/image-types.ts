import type { TypeName } from '../contract/exhibit.ts';

/** The four types of images (metrics.md 2.1) in words, for screens, reports and files. */

/**
 * `only networks disagree`.
 * @param people who labelled: `people` or `simulated labelers`
 * @param both the two sides, where `both` alone would be unclear: `people and networks`
 */
export const typeMeaning = (type: TypeName, people: string, both = 'both'): string =>
  ({
    type_a: 'only networks disagree',
    both_disagree: `${both} disagree`,
    both_agree: `${both} agree`,
    type_c: `only ${people} disagree`,
  })[type];

/** Type B has two cells: images on which both disagree, and those on which both agree that are no exceptions. */
const letters: Record<TypeName, string> = {
  type_a: 'A',
  both_disagree: 'B in part',
  both_agree: 'B or exception',
  type_c: 'C',
};

/** `A: only networks disagree`. */
export const typeTitle = (type: TypeName, people: string, both?: string): string =>
  `${letters[type]}: ${typeMeaning(type, people, both)}`;

/** `Type A: only networks disagree`. */
export const typeName = (type: TypeName, people: string, both?: string): string =>
  `Type ${typeTitle(type, people, both)}`;

/**
 * The sign of each on a badge or a map. Where both agree the sign is no letter, because exceptions have no type. Where
 * both disagree the type is B, but the sign must differ from the first.
 */
export const typeSigns: Record<TypeName, string> = { type_a: 'A', both_disagree: '≠', both_agree: '=', type_c: 'C' };
