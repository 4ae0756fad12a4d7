/**
 * Images have 1 channel (gray) or 3 (red, green, blue). A data set has a mean and a deviation for each channel: JSON
 * arrays in place of one number.
 */
export const channels = `
CREATE TABLE data_set_of_channels (
  hash        TEXT PRIMARY KEY CHECK (length(hash) = 64),
  name        TEXT NOT NULL CHECK (name <> ''),
  classes     TEXT NOT NULL CHECK (json_valid(classes) AND json_array_length(classes) >= 2),
  height      INTEGER NOT NULL CHECK (height > 0),
  width       INTEGER NOT NULL CHECK (width > 0),
  channels    INTEGER NOT NULL DEFAULT 1 CHECK (channels IN (1, 3)),
  train_count INTEGER NOT NULL CHECK (train_count > 0),
  test_count  INTEGER NOT NULL CHECK (test_count > 0),
  mean        TEXT NOT NULL CHECK (json_valid(mean) AND json_array_length(mean) = channels),
  std         TEXT NOT NULL CHECK (json_valid(std) AND json_array_length(std) = channels),
  source      TEXT NOT NULL CHECK (json_valid(source)),
  added_at    INTEGER NOT NULL
) STRICT;
INSERT INTO data_set_of_channels
  (hash, name, classes, height, width, train_count, test_count, mean, std, source, added_at)
  SELECT hash, name, classes, height, width, train_count, test_count, json_array(mean), json_array(std), source, added_at
  FROM data_set ORDER BY rowid;
DROP TABLE data_set;
ALTER TABLE data_set_of_channels RENAME TO data_set;

ALTER TABLE stimulus_set ADD COLUMN channels INTEGER NOT NULL DEFAULT 1 CHECK (channels IN (1, 3));
`;
