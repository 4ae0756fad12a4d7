/** What a reader of the page, or a script, gets out of it. */

/** The text of one frame (a table or figure with its caption), tags included. */
export function frameOf(page: string, id: string): string {
  const start = page.indexOf(`<figure id="${id}"`);
  if (start < 0) throw new Error(`no frame ${id}`);
  return page.slice(start, page.indexOf('</figure>', start));
}

/** Exact values of all `<data>` elements, in order. */
export const valuesOf = (part: string): number[] =>
  [...part.matchAll(/<data value="([^"]*)">/g)].map((match) => Number(match[1]));

/** Without tags and with plain spaces. */
export const textOf = (part: string): string =>
  part
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&nbsp;', ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** Opening tags of all figures. */
export const figuresOf = (page: string): string[] => [...page.matchAll(/<figure [^>]*>/g)].map((match) => match[0]);
