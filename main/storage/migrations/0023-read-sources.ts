/**
 * A row for each source and data set: names of classes stay right for studies of earlier images after the source was read
 * again. `fingerprint` tells whether the source's files are still those that were read; null: unknown, as in all rows of
 * earlier versions. `findings` null: the images came with an archive.
 */
export const readSources = `
CREATE TABLE read_source (
  source      TEXT NOT NULL CHECK (json_valid(source)),
  hash        TEXT NOT NULL REFERENCES data_set (hash),
  classes     TEXT NOT NULL CHECK (json_valid(classes) AND json_array_length(classes) >= 2),
  findings    TEXT CHECK (findings IS NULL OR json_valid(findings)),
  fingerprint TEXT CHECK (fingerprint IS NULL OR length(fingerprint) = 64),
  prepared_at INTEGER NOT NULL,
  PRIMARY KEY (source, hash)
) STRICT;
INSERT INTO read_source (source, hash, classes, findings, prepared_at)
  SELECT source, hash, classes, findings, prepared_at FROM prepared_data_set ORDER BY rowid;
DROP TABLE prepared_data_set;
ALTER TABLE read_source RENAME TO prepared_data_set;
`;
