/** A data set may have test images alone: they are stimuli that others showed to people, and nothing is trained on them. */
export const testImagesAlone = `
CREATE TABLE data_set_of_parts (
  hash        TEXT PRIMARY KEY CHECK (length(hash) = 64),
  name        TEXT NOT NULL CHECK (name <> ''),
  classes     TEXT NOT NULL CHECK (json_valid(classes) AND json_array_length(classes) >= 2),
  height      INTEGER NOT NULL CHECK (height > 0),
  width       INTEGER NOT NULL CHECK (width > 0),
  channels    INTEGER NOT NULL DEFAULT 1 CHECK (channels IN (1, 3)),
  train_count INTEGER NOT NULL CHECK (train_count >= 0),
  test_count  INTEGER NOT NULL CHECK (test_count > 0),
  mean        TEXT NOT NULL CHECK (json_valid(mean) AND json_array_length(mean) = channels),
  std         TEXT NOT NULL CHECK (json_valid(std) AND json_array_length(std) = channels),
  source      TEXT NOT NULL CHECK (json_valid(source)),
  added_at    INTEGER NOT NULL
) STRICT;
INSERT INTO data_set_of_parts
  (hash, name, classes, height, width, channels, train_count, test_count, mean, std, source, added_at)
  SELECT hash, name, classes, height, width, channels, train_count, test_count, mean, std, source, added_at
  FROM data_set ORDER BY rowid;
DROP TABLE data_set;
ALTER TABLE data_set_of_parts RENAME TO data_set;
`;
