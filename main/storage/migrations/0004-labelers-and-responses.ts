/** Labelers, real and simulated, and the log of what they said, to which rows are only ever added. */
export const labelersAndResponses = `
-- source: where the pseudonym comes from (a file, a rehearsal), so that P1 of two tables are two labelers.
CREATE TABLE labeler (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  pseudonym TEXT NOT NULL CHECK (pseudonym <> ''),
  simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
  source    TEXT NOT NULL CHECK (source <> ''),
  added_at  INTEGER NOT NULL,
  UNIQUE (source, pseudonym)
) STRICT;

CREATE TRIGGER labeler_marked BEFORE UPDATE OF pseudonym, simulated, source ON labeler
BEGIN SELECT RAISE(ABORT, 'who a labeler is never changes'); END;

CREATE TABLE study_labeler (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id    INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  labeler_id  INTEGER NOT NULL REFERENCES labeler (id),
  linked_at   INTEGER NOT NULL,
  replaced_at INTEGER
) STRICT;
CREATE UNIQUE INDEX study_labeler_current ON study_labeler (study_id, labeler_id) WHERE replaced_at IS NULL;

CREATE TABLE response (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  set_hash   TEXT NOT NULL,
  image_id   INTEGER NOT NULL,
  labeler_id INTEGER NOT NULL REFERENCES labeler (id),
  label      INTEGER CHECK (label >= 0),
  at         INTEGER NOT NULL,
  source     TEXT NOT NULL CHECK (source <> ''),
  FOREIGN KEY (set_hash, image_id) REFERENCES stimulus (set_hash, image_id)
) STRICT;
CREATE INDEX response_current ON response (set_hash, labeler_id, image_id, id);

CREATE TRIGGER response_in_range BEFORE INSERT ON response
WHEN NEW.label >= (SELECT json_array_length(classes) FROM stimulus_set WHERE hash = NEW.set_hash)
BEGIN SELECT RAISE(ABORT, 'a label is outside of the classes of its stimulus set'); END;
CREATE TRIGGER response_kept BEFORE UPDATE ON response
BEGIN SELECT RAISE(ABORT, 'a response never changes; a later one takes its place'); END;
CREATE TRIGGER response_never_deleted BEFORE DELETE ON response
BEGIN SELECT RAISE(ABORT, 'a response is never deleted; a later one takes its place'); END;

-- The last word of each labeler on each image; null: left blank. Says for each row whether it is simulated.
CREATE VIEW current_response AS
SELECT response.set_hash, response.labeler_id, labeler.pseudonym, labeler.simulated, response.image_id, response.label,
       response.at, response.source
FROM response JOIN labeler ON labeler.id = response.labeler_id
WHERE response.id = (
  SELECT max(later.id) FROM response AS later
  WHERE later.set_hash = response.set_hash AND later.labeler_id = response.labeler_id
    AND later.image_id = response.image_id
);
`;
