/**
 * Images between no two classes, such as test images, have no pair and no alpha. And what the files of a data set's test
 * images are called, by their position, as a JSON array of paths; null: unknown, or the images came in no files of their own.
 */
export const imagesWithoutPairs = `
CREATE TABLE stimulus_with_or_without_pair (
  set_hash TEXT NOT NULL REFERENCES stimulus_set (hash) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  image_id INTEGER NOT NULL CHECK (image_id >= 0),
  pair_i   INTEGER CHECK (pair_i >= 0),
  pair_j   INTEGER CHECK (pair_j > pair_i),
  alpha    REAL CHECK (alpha BETWEEN 0 AND 1),
  z        BLOB CHECK (length(z) % 4 = 0),
  anchor_i TEXT CHECK (length(anchor_i) BETWEEN 1 AND 64),
  anchor_j TEXT CHECK (length(anchor_j) BETWEEN 1 AND 64),
  PRIMARY KEY (set_hash, image_id),
  CHECK ((pair_i IS NULL) = (pair_j IS NULL) AND (pair_j IS NULL) = (alpha IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO stimulus_with_or_without_pair (set_hash, image_id, pair_i, pair_j, alpha, z, anchor_i, anchor_j)
  SELECT set_hash, image_id, pair_i, pair_j, alpha, z, anchor_i, anchor_j FROM stimulus;
DROP TRIGGER stimulus_set_complete;
DROP TABLE stimulus;
ALTER TABLE stimulus_with_or_without_pair RENAME TO stimulus;

CREATE TRIGGER stimulus_set_complete AFTER INSERT ON stimulus_set
WHEN NEW.image_count <> (SELECT count(*) FROM stimulus WHERE set_hash = NEW.hash)
  OR json_array_length(NEW.classes) <= (SELECT max(pair_j) FROM stimulus WHERE set_hash = NEW.hash)
  OR (SELECT count(pair_i) FROM stimulus WHERE set_hash = NEW.hash) NOT IN (0, NEW.image_count)
BEGIN SELECT RAISE(ABORT, 'a stimulus set does not agree with its images'); END;
CREATE TRIGGER stimulus_not_added BEFORE INSERT ON stimulus
WHEN EXISTS (SELECT 1 FROM stimulus_set WHERE hash = NEW.set_hash)
BEGIN SELECT RAISE(ABORT, 'a frozen stimulus set never changes'); END;
CREATE TRIGGER stimulus_not_changed BEFORE UPDATE ON stimulus
BEGIN SELECT RAISE(ABORT, 'a frozen stimulus set never changes'); END;
CREATE TRIGGER stimulus_not_removed BEFORE DELETE ON stimulus
WHEN EXISTS (SELECT 1 FROM stimulus_set WHERE hash = OLD.set_hash)
BEGIN SELECT RAISE(ABORT, 'a frozen stimulus set never changes'); END;

ALTER TABLE prepared_data_set ADD COLUMN test_files TEXT CHECK (test_files IS NULL OR json_valid(test_files));
`;
