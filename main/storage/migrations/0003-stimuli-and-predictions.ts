/** Frozen stimulus sets, what models say about them, and the view from which every model's percentage is read. */
export const stimuliAndPredictions = `
CREATE TABLE stimulus_set (
  hash            TEXT PRIMARY KEY CHECK (length(hash) = 64),
  width           INTEGER NOT NULL CHECK (width > 0),
  height          INTEGER NOT NULL CHECK (height > 0),
  classes         TEXT NOT NULL CHECK (json_valid(classes) AND json_array_length(classes) >= 2),
  image_count     INTEGER NOT NULL CHECK (image_count > 0),
  source          TEXT NOT NULL CHECK (source IN ('generated', 'imported')),
  provenance      TEXT NOT NULL CHECK (json_valid(provenance)),
  pixels          TEXT NOT NULL CHECK (length(pixels) = 64),
  original_pixels TEXT CHECK (length(original_pixels) = 64),
  original_width  INTEGER CHECK (original_width > 0),
  original_height INTEGER CHECK (original_height > 0),
  frozen_at       INTEGER NOT NULL,
  CHECK ((original_pixels IS NULL) = (original_width IS NULL) AND (original_width IS NULL) = (original_height IS NULL))
) STRICT;

-- A set's images are inserted before the set itself: with its row the set is frozen.
CREATE TABLE stimulus (
  set_hash TEXT NOT NULL REFERENCES stimulus_set (hash) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  image_id INTEGER NOT NULL CHECK (image_id >= 0),
  pair_i   INTEGER NOT NULL CHECK (pair_i >= 0),
  pair_j   INTEGER NOT NULL CHECK (pair_j > pair_i),
  alpha    REAL NOT NULL CHECK (alpha BETWEEN 0 AND 1),
  z        BLOB CHECK (length(z) % 4 = 0),
  PRIMARY KEY (set_hash, image_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER stimulus_set_complete AFTER INSERT ON stimulus_set
WHEN NEW.image_count <> (SELECT count(*) FROM stimulus WHERE set_hash = NEW.hash)
  OR json_array_length(NEW.classes) <= (SELECT max(pair_j) FROM stimulus WHERE set_hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'a stimulus set does not agree with its images'); END;

CREATE TRIGGER stimulus_set_frozen BEFORE UPDATE ON stimulus_set
BEGIN SELECT RAISE(ABORT, 'a frozen stimulus set never changes'); END;
CREATE TRIGGER stimulus_not_added BEFORE INSERT ON stimulus
WHEN EXISTS (SELECT 1 FROM stimulus_set WHERE hash = NEW.set_hash)
BEGIN SELECT RAISE(ABORT, 'a frozen stimulus set never changes'); END;
CREATE TRIGGER stimulus_not_changed BEFORE UPDATE ON stimulus
BEGIN SELECT RAISE(ABORT, 'a frozen stimulus set never changes'); END;
-- Deleting a whole set that nothing uses is allowed, and takes its images along.
CREATE TRIGGER stimulus_not_removed BEFORE DELETE ON stimulus
WHEN EXISTS (SELECT 1 FROM stimulus_set WHERE hash = OLD.set_hash)
BEGIN SELECT RAISE(ABORT, 'a frozen stimulus set never changes'); END;

CREATE TABLE study_stimulus_set (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id    INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  set_hash    TEXT NOT NULL REFERENCES stimulus_set (hash),
  linked_at   INTEGER NOT NULL,
  replaced_at INTEGER
) STRICT;
CREATE UNIQUE INDEX study_stimulus_set_current ON study_stimulus_set (study_id) WHERE replaced_at IS NULL;
CREATE INDEX study_stimulus_set_by_set ON study_stimulus_set (set_hash);

-- model: the hash of a snapshot's weights, or the id of a model whose predictions were imported.
CREATE TABLE prediction (
  model       TEXT NOT NULL CHECK (model <> ''),
  set_hash    TEXT NOT NULL REFERENCES stimulus_set (hash),
  softmax     TEXT NOT NULL CHECK (length(softmax) = 64),
  labels      TEXT NOT NULL CHECK (length(labels) = 64),
  image_count INTEGER NOT NULL CHECK (image_count > 0),
  classes     INTEGER NOT NULL CHECK (classes >= 2),
  run_id      INTEGER REFERENCES run (id),
  at          INTEGER NOT NULL,
  PRIMARY KEY (model, set_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX prediction_by_set ON prediction (set_hash);
CREATE INDEX prediction_by_run ON prediction (run_id);

CREATE VIEW study_model AS
SELECT link.study_id, link.role, link.model_name, link.grp, link.repeat_no, link.seed,
       run.task ->> '$.recipe.architecture.kind' AS architecture, run.id AS run_id, run.state, run.ran_on AS engine,
       snapshot.target, snapshot.step, snapshot.errors, snapshot.test_count, snapshot.accuracy, snapshot.weights,
       used.set_hash, prediction.softmax, prediction.labels, prediction.run_id AS prediction_run_id
FROM study_run AS link
JOIN run ON run.id = link.run_id
JOIN snapshot ON snapshot.run_id = run.id
LEFT JOIN study_stimulus_set AS used ON used.study_id = link.study_id AND used.replaced_at IS NULL
LEFT JOIN prediction ON prediction.model = snapshot.weights AND prediction.set_hash = used.set_hash
WHERE link.replaced_at IS NULL AND link.model_name IS NOT NULL;
`;
