/**
 * Lets runs be on the webgpu engine. SQLite has no way to change a CHECK, so both tables are made anew and take the
 * place of the old ones (https://sqlite.org/lang_altertable.html, 7). The old way of renaming leaves views alone.
 */
export const webgpuRuns = `
PRAGMA legacy_alter_table = ON;

CREATE TABLE run_new (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  key                TEXT NOT NULL UNIQUE CHECK (length(key) = 64),
  kind               TEXT NOT NULL CHECK (kind IN ('classifier', 'generator', 'candidates', 'stimuli', 'predictions')),
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
  CHECK (engine IS NULL OR ran_on IS NULL OR engine = ran_on),
  CHECK ((state = 'done') = (result IS NOT NULL)),
  CHECK ((state = 'failed') = (failure_message IS NOT NULL)),
  CHECK ((failure_message IS NULL) = (failure_detail IS NULL)),
  CHECK ((state IN ('done', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
  CHECK ((attempts > 0) = (started_at IS NOT NULL)),
  CHECK (state <> 'running' OR attempts > 0)
) STRICT;
INSERT INTO run_new SELECT * FROM run;
-- Ids of deleted runs stay used.
DELETE FROM sqlite_sequence WHERE name = 'run_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'run_new', seq FROM sqlite_sequence WHERE name = 'run';
DROP TABLE run;
ALTER TABLE run_new RENAME TO run;
CREATE INDEX run_claimable ON run (priority DESC, id) WHERE state IN ('queued', 'interrupted');
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

-- The task may be told anew where its files lie; what decides the result is in the key.
CREATE TRIGGER run_identity BEFORE UPDATE OF key, kind, seed, engine ON run
BEGIN SELECT RAISE(ABORT, 'what a run is never changes'); END;

CREATE TABLE run_attempt_new (
  run_id      INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  attempt     INTEGER NOT NULL CHECK (attempt > 0),
  engine      TEXT NOT NULL CHECK (engine IN ('tensorflow', 'webgpu', 'wasm')),
  environment TEXT NOT NULL CHECK (json_valid(environment)),
  checkpoint  TEXT CHECK (length(checkpoint) = 64),
  claimed_at  INTEGER NOT NULL,
  pid         INTEGER,
  description TEXT CHECK (json_valid(description)),
  started_at  INTEGER,
  resumed_at  INTEGER,
  ended_at    INTEGER,
  outcome     TEXT CHECK (outcome IN ('done', 'failed', 'stopped', 'crashed', 'cancelled', 'lost')),
  note        TEXT,
  PRIMARY KEY (run_id, attempt),
  CHECK ((outcome IS NULL) = (ended_at IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO run_attempt_new SELECT * FROM run_attempt;
DROP TABLE run_attempt;
ALTER TABLE run_attempt_new RENAME TO run_attempt;

PRAGMA legacy_alter_table = OFF;
`;
