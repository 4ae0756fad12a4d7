import type { TypeName } from '../../contract/results/exhibit.ts';

/** The four types of images (metrics.md 2.1) in words, for screens, reports and files. */

/**
 * `only networks disagree`.
 * @param people who labeled: `people` or `simulated labelers`
 * @param both the two sides, where `both` alone would be unclear: `people and networks`
 */
export const typeMeaning = (type: TypeName, people: string, both = 'both'): string =>
  ({
    type_a: 'only networks disagree',
    both_disagree: `${both} disagree`,
    both_agree: `${both} agree`,
    type_c: `only ${people} disagree`,
  })[type];

/**
 * `A: only networks disagree`, `Both agree (type B or exception)`. Type B has two cells: images on which both disagree,
 * and those on which both agree that are no exceptions.
 */
export function typeTitle(type: TypeName, people: string, both?: string): string {
  const meaning = typeMeaning(type, people, both);
  if (type === 'type_a') return `A: ${meaning}`;
  if (type === 'type_c') return `C: ${meaning}`;
  const sentence = `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}`;
  return `${sentence} (type B${type === 'both_agree' ? ' or exception' : ''})`;
}

/** `Type A: only networks disagree`; the cells of type B as in `typeTitle`. */
export function typeName(type: TypeName, people: string, both?: string): string {
  const title = typeTitle(type, people, both);
  return type === 'type_a' || type === 'type_c' ? `Type ${title}` : title;
}

/**
 * The sign of each on a badge or a map. Where both agree the sign is no letter, because exceptions have no type. Where
 * both disagree the type is B, but the sign must differ from the first.
 */
export const typeSigns: Record<TypeName, string> = { type_a: 'A', both_disagree: '≠', both_agree: '=', type_c: 'C' };
