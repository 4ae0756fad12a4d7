/** Characters of a kit's code: 31^12 codes are 59 bits. */
export const codeLength = 12;

/** As it is shown, e.g. `ABCD-EFGH-JKMN`. */
export const formatCode = (code: string): string => code.match(/.{1,4}/g)?.join('-') ?? '';

/** The code that a person meant, however they typed it. */
export const parseCode = (typed: string): string => typed.toUpperCase().replace(/[^A-Z0-9]/g, '');
