/** Data sets by the hash of their bytes; studies by name, with every version of their spec. */
export const dataSetsAndStudies = `
CREATE TABLE data_set (
  hash        TEXT PRIMARY KEY CHECK (length(hash) = 64),
  name        TEXT NOT NULL CHECK (name <> ''),
  classes     TEXT NOT NULL CHECK (json_valid(classes) AND json_array_length(classes) >= 2),
  height      INTEGER NOT NULL CHECK (height > 0),
  width       INTEGER NOT NULL CHECK (width > 0),
  train_count INTEGER NOT NULL CHECK (train_count > 0),
  test_count  INTEGER NOT NULL CHECK (test_count > 0),
  mean        REAL NOT NULL,
  std         REAL NOT NULL CHECK (std > 0),
  source      TEXT NOT NULL CHECK (json_valid(source)),
  added_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE study (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT NOT NULL UNIQUE CHECK (name <> ''),
  created_at INTEGER NOT NULL
) STRICT;

-- The newest row of a study is its spec; the others are its history.
CREATE TABLE study_spec (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id    INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  spec        TEXT NOT NULL CHECK (json_valid(spec)),
  recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX study_spec_by_study ON study_spec (study_id, id);
`;
