/** Prefix of the source of labelers from a file, before the hash of the file. */
export const importedFrom = 'csv:';
