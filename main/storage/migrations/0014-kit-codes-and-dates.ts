/** Codes of kits are not kept, and sittings may come with dates that cannot be right. */
export const kitCodesAndDates = `
CREATE TABLE labeling_kit_new (
  kit        TEXT NOT NULL CHECK (length(kit) = 36),
  session_id INTEGER NOT NULL REFERENCES labeling_session (id) ON DELETE CASCADE,
  key        BLOB NOT NULL CHECK (length(key) = 32),
  made_at    INTEGER NOT NULL,
  PRIMARY KEY (kit, session_id)
) STRICT, WITHOUT ROWID;
INSERT INTO labeling_kit_new SELECT kit, session_id, key, made_at FROM labeling_kit;
DROP TABLE labeling_kit;
ALTER TABLE labeling_kit_new RENAME TO labeling_kit;

-- claimed_at: the date in a kit's result file, if it cannot be right; opened_at is then the earliest date that may be
-- right, so that the sitting's answers replace no others. null: opened_at is the date in the file.
ALTER TABLE labeling_sitting ADD COLUMN claimed_at INTEGER;
`;
