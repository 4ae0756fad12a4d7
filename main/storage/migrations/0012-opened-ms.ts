/** Where a sitting's own clock stood when it was opened: a page may have been there long before. */
export const openedMs = `
-- opened_ms: milliseconds of the sitting's clock at opened_at; null: not told, as by earlier versions and on paper.
ALTER TABLE labeling_sitting ADD COLUMN opened_ms REAL CHECK (opened_ms >= 0);
`;
