/** Runs that a person hid from the table of runs. What is computed from them stays the same. */
export const archivedRuns = `
ALTER TABLE run ADD COLUMN archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1));
`;
