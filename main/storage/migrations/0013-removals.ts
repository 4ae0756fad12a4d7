/** Studies and people that are deleted in batches, and indexes without which that, and the overview, read every label. */
export const removals = `
-- removed: deleted for good. Nothing shows the study any more, and its rows are being deleted.
ALTER TABLE study ADD COLUMN removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1));

-- A labeler's responses in order of arrival, for the latest one and for deleting them; without it, deleting a labeler
-- reads the table for the foreign key.
CREATE INDEX response_by_labeler ON response (labeler_id);
CREATE INDEX study_labeler_by_labeler ON study_labeler (labeler_id);
`;
