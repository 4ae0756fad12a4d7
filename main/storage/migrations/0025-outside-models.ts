/** Models that were not trained here, what they answered, and the studies that compare them. */
export const outsideModels = `
-- identity: hash of all that decides its answers. spec: that, as JSON. found: what its file says of itself.
CREATE TABLE outside_model (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  identity TEXT NOT NULL UNIQUE CHECK (length(identity) = 64),
  kind     TEXT NOT NULL CHECK (kind IN ('table', 'onnx', 'image-text')),
  spec     TEXT NOT NULL CHECK (json_valid(spec)),
  found    TEXT NOT NULL CHECK (json_valid(found)),
  added_at INTEGER NOT NULL
) STRICT;

-- Blobs of the images in id order. labels: uint16; softmax: float32 [count, classes]; confidence: float32, of the label.
CREATE TABLE outside_prediction (
  model_id    INTEGER NOT NULL REFERENCES outside_model (id) ON DELETE CASCADE,
  set_hash    TEXT NOT NULL REFERENCES stimulus_set (hash),
  labels      TEXT NOT NULL CHECK (length(labels) = 64),
  softmax     TEXT CHECK (length(softmax) = 64),
  confidence  TEXT CHECK (length(confidence) = 64),
  image_count INTEGER NOT NULL CHECK (image_count > 0),
  classes     INTEGER NOT NULL CHECK (classes >= 2),
  at          INTEGER NOT NULL,
  CHECK (softmax IS NULL OR confidence IS NULL),
  PRIMARY KEY (model_id, set_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX outside_prediction_by_set ON outside_prediction (set_hash);

-- tested: how it did on labelled images, as JSON, once it was tried on some.
CREATE TABLE study_outside_model (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id   INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  model_id   INTEGER NOT NULL REFERENCES outside_model (id),
  name       TEXT NOT NULL CHECK (name <> ''),
  tested     TEXT CHECK (json_valid(tested)),
  linked_at  INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX study_outside_model_current ON study_outside_model (study_id, model_id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX study_outside_model_name ON study_outside_model (study_id, name) WHERE removed_at IS NULL;
CREATE INDEX study_outside_model_by_model ON study_outside_model (model_id);
`;
