/** What a person decides in the workbench: runs put on hold, tags, notes, saved views, studies taken away, settings. */
export const workbenchDecisions = `
-- A run on hold is not taken by a worker until it is released.
ALTER TABLE run ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1));
ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 10000);

CREATE TABLE run_tag (
  run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  tag    TEXT NOT NULL CHECK (length(tag) BETWEEN 1 AND 40),
  PRIMARY KEY (run_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_tag_by_tag ON run_tag (tag, run_id);

-- Taken away by the user, and to be brought back until it is truly deleted.
ALTER TABLE study ADD COLUMN deleted_at INTEGER;

-- What a person set for one study, e.g. pinned candidates; and for the whole workbench, e.g. the number of workers.
CREATE TABLE study_setting (
  study_id INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  name     TEXT NOT NULL CHECK (name <> ''),
  value    TEXT NOT NULL CHECK (json_valid(value)),
  set_at   INTEGER NOT NULL,
  PRIMARY KEY (study_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  name   TEXT PRIMARY KEY CHECK (name <> ''),
  value  TEXT NOT NULL CHECK (json_valid(value)),
  set_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Runs of a study by place, and a run's metrics by series, are what the screens ask for most.
CREATE INDEX study_run_by_study ON study_run (study_id, run_id) WHERE replaced_at IS NULL;
`;
