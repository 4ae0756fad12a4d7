/** What the screen of models needs: an order that a person chose, and what snapshots make of test images. */
export const runTable = `
-- Ranks come before priorities: 1 for what a person wants first, -1 for what can wait.
ALTER TABLE run ADD COLUMN rank INTEGER NOT NULL DEFAULT 0 CHECK (rank BETWEEN -1 AND 1);
DROP INDEX run_claimable;
CREATE INDEX run_claimable ON run (rank DESC, priority DESC, id) WHERE state IN ('queued', 'interrupted');

-- Computed from weights and test images, so it can always be computed again.
CREATE TABLE examination (
  weights  TEXT NOT NULL CHECK (length(weights) = 64),
  data_set TEXT NOT NULL CHECK (length(data_set) = 64),
  result   TEXT NOT NULL CHECK (json_valid(result)),
  at       INTEGER NOT NULL,
  PRIMARY KEY (weights, data_set)
) STRICT, WITHOUT ROWID;
`;
