/** Letters and digits that are not confused with each other. */
export const codeCharacters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** Characters of a pseudonym after `P-`: 923,521 possible ones. */
export const pseudonymLength = 4;

const drawn = new RegExp(`^P-[${codeCharacters}]{${pseudonymLength}}$`);

/** Whether a name has the form of the pseudonyms that the program draws, so that it needs no replacement. */
export const isDrawnPseudonym = (name: string): boolean => drawn.test(name);

/** `isDrawnPseudonym` for a shown name, which has a number behind it where two sources use one pseudonym. */
export const showsPseudonym = (shown: string): boolean => isDrawnPseudonym(shown.replace(/ \(\d+\)$/, ''));
