/** The first letters of a name: by code points, as half a letter could not be saved in a file. */
export const firstLetters = (name: string, most: number): string => [...name].slice(0, most).join('');
