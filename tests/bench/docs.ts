import type { Section } from './bench-types.ts';

/** A section of a document lies between these two lines, which stay. */
const begin = (name: string): string => `<!-- bench ${name} -->`;
const end = (name: string): string => `<!-- bench ${name} end -->`;

/**
 * Replaces the measured sections of a document; the others stay.
 * @param about a line under each table: machine, date and how it was measured
 * @throws Error if a section has no place
 */
export function withSections(document: string, sections: readonly Section[], about: string): string {
  return sections.reduce((text, { name, table }) => {
    const [from, to] = [text.indexOf(begin(name)), text.indexOf(end(name))];
    if (from < 0 || to < from) throw new Error(`The document has no place for ${name}: ${begin(name)} ${end(name)}`);
    return `${text.slice(0, from + begin(name).length)}\n\n${table}\n\n${about}\n\n${text.slice(to)}`;
  }, document);
}
