/**
 * Lets runs be of the kind `draws`. SQLite has no way to change a CHECK, so the table is made anew and takes the place of
 * the old one, as in step 5.
 */
export const draws = `
PRAGMA legacy_alter_table = ON;
-- It names a table that is absent for a moment.
DROP TRIGGER study_run_present;

CREATE TABLE run_new (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  key                TEXT NOT NULL UNIQUE CHECK (length(key) = 64),
  kind               TEXT NOT NULL CHECK (kind IN ('classifier', 'generator', 'candidates', 'stimuli', 'draws', 'predictions')),
  label              TEXT NOT NULL CHECK (label <> ''),
  task               TEXT NOT NULL CHECK (json_valid(task) AND task ->> '$.kind' = kind),
  seed               INTEGER CHECK (seed BETWEEN 0 AND 4294967295),
  engine             TEXT CHECK (engine IN ('tensorflow', 'webgpu', 'wasm')),
  ran_on             TEXT CHECK (ran_on IN ('tensorflow', 'webgpu', 'wasm')),
  priority           INTEGER NOT NULL,
  state              TEXT NOT NULL CHECK (state IN ('queued', 'running', 'interrupted', 'done', 'failed', 'cancelled')),
  cancel_requested   INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
  attempts           INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  crashes            INTEGER NOT NULL DEFAULT 0 CHECK (crashes >= 0),
  queued_at          INTEGER NOT NULL,
  started_at         INTEGER,
  attempt_started_at INTEGER,
  heartbeat_at       INTEGER,
  ended_at           INTEGER,
  resumed_at         INTEGER,
  progress_done      INTEGER CHECK (progress_done >= 0),
  progress_total     INTEGER CHECK (progress_total >= 0),
  progress_note      TEXT,
  result             TEXT CHECK (json_valid(result) AND result ->> '$.kind' = kind),
  failure_message    TEXT,
  failure_detail     TEXT,
  held               INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),
  note               TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 10000),
  rank               INTEGER NOT NULL DEFAULT 0 CHECK (rank BETWEEN -1 AND 1),
  CHECK (engine IS NULL OR ran_on IS NULL OR engine = ran_on),
  CHECK ((state = 'done') = (result IS NOT NULL)),
  CHECK ((state = 'failed') = (failure_message IS NOT NULL)),
  CHECK ((failure_message IS NULL) = (failure_detail IS NULL)),
  CHECK ((state IN ('done', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
  CHECK ((attempts > 0) = (started_at IS NOT NULL)),
  CHECK (state <> 'running' OR attempts > 0)
) STRICT;
INSERT INTO run_new (id, key, kind, label, task, seed, engine, ran_on, priority, state, cancel_requested, attempts, crashes, queued_at,
  started_at, attempt_started_at, heartbeat_at, ended_at, resumed_at, progress_done, progress_total, progress_note, result,
  failure_message, failure_detail, held, note, rank)
SELECT id, key, kind, label, task, seed, engine, ran_on, priority, state, cancel_requested, attempts, crashes, queued_at,
  started_at, attempt_started_at, heartbeat_at, ended_at, resumed_at, progress_done, progress_total, progress_note, result,
  failure_message, failure_detail, held, note, rank FROM run;
-- Ids of deleted runs stay used.
DELETE FROM sqlite_sequence WHERE name = 'run_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'run_new', seq FROM sqlite_sequence WHERE name = 'run';
DROP TABLE run;
ALTER TABLE run_new RENAME TO run;
CREATE INDEX run_claimable ON run (rank DESC, priority DESC, id) WHERE state IN ('queued', 'interrupted');
CREATE INDEX run_by_state ON run (state, id);

CREATE TRIGGER run_starts_queued BEFORE INSERT ON run WHEN NEW.state <> 'queued'
BEGIN SELECT RAISE(ABORT, 'a run starts queued'); END;

CREATE TRIGGER run_state_change BEFORE UPDATE OF state ON run
WHEN NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN (
  'queued>running', 'queued>cancelled',
  'running>interrupted', 'running>done', 'running>failed', 'running>cancelled',
  'interrupted>running', 'interrupted>cancelled',
  'failed>queued', 'cancelled>queued', 'done>queued'
)
BEGIN SELECT RAISE(ABORT, 'a run cannot change its state like this'); END;

CREATE TRIGGER run_identity BEFORE UPDATE OF key, kind, seed, engine ON run
WHEN NEW.key <> printf('removed/%056d', OLD.id)
  OR (NEW.kind, NEW.seed, NEW.engine) IS NOT (OLD.kind, OLD.seed, OLD.engine)
  OR EXISTS (SELECT 1 FROM study_run WHERE run_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'what a run is never changes'); END;

CREATE TRIGGER study_run_present BEFORE INSERT ON study_run
WHEN (SELECT key FROM run WHERE id = NEW.run_id) GLOB 'removed/*'
BEGIN SELECT RAISE(ABORT, 'this run is being deleted'); END;

PRAGMA legacy_alter_table = OFF;
`;
