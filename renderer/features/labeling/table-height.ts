/** CSS pixels of a table of so many rows: all of them, or a window onto them. */
export const tableHeight = (rows: number): number => Math.min(460, Math.max(208, 90 + 32 * rows));
