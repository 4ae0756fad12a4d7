/** Runs, their attempts, and what they yield. A trigger holds the allowed changes of state. */
export const runs = `
CREATE TABLE run (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  key                TEXT NOT NULL UNIQUE CHECK (length(key) = 64),
  kind               TEXT NOT NULL CHECK (kind IN ('classifier', 'generator', 'candidates', 'stimuli', 'predictions')),
  label              TEXT NOT NULL CHECK (label <> ''),
  task               TEXT NOT NULL CHECK (json_valid(task) AND task ->> '$.kind' = kind),
  seed               INTEGER CHECK (seed BETWEEN 0 AND 4294967295),
  engine             TEXT CHECK (engine IN ('tensorflow', 'wasm')),
  ran_on             TEXT CHECK (ran_on IN ('tensorflow', 'wasm')),
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

-- Provenance: one row each time that a worker takes the run.
CREATE TABLE run_attempt (
  run_id      INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  attempt     INTEGER NOT NULL CHECK (attempt > 0),
  engine      TEXT NOT NULL CHECK (engine IN ('tensorflow', 'wasm')),
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

CREATE TABLE metric (
  run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  series TEXT NOT NULL CHECK (series <> ''),
  step   INTEGER NOT NULL CHECK (step >= 0),
  value  REAL NOT NULL,
  PRIMARY KEY (run_id, series, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
  run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  step   INTEGER NOT NULL CHECK (step >= 0),
  hash   TEXT NOT NULL CHECK (length(hash) = 64),
  at     INTEGER NOT NULL,
  PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX checkpoint_by_hash ON checkpoint (hash);

-- Files of forgotten checkpoints, to be deleted when it is sure that no worker is about to name them again.
CREATE TABLE doomed_blob (
  hash  TEXT PRIMARY KEY CHECK (length(hash) = 64),
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshot (
  run_id     INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  target     REAL NOT NULL CHECK (target > 0 AND target <= 100),
  step       INTEGER NOT NULL CHECK (step >= 0),
  errors     INTEGER NOT NULL CHECK (errors BETWEEN 0 AND test_count),
  test_count INTEGER NOT NULL CHECK (test_count > 0),
  accuracy   REAL NOT NULL CHECK (accuracy BETWEEN 0 AND 100),
  weights    TEXT NOT NULL CHECK (length(weights) = 64),
  at         INTEGER NOT NULL,
  PRIMARY KEY (run_id, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshot_by_weights ON snapshot (weights);

CREATE TABLE sample_grid (
  run_id  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  step    INTEGER NOT NULL CHECK (step >= 0),
  grid    TEXT NOT NULL CHECK (length(grid) = 64),
  weights TEXT NOT NULL CHECK (length(weights) = 64),
  at      INTEGER NOT NULL,
  PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX sample_grid_by_weights ON sample_grid (weights);

-- A run's distinct messages, so that steps done again after a crash do not say the same twice.
CREATE TABLE run_log (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id  INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  level   TEXT NOT NULL CHECK (level IN ('info', 'warn')),
  message TEXT NOT NULL,
  at      INTEGER NOT NULL,
  UNIQUE (run_id, level, message)
) STRICT;

-- Which run fills which place in a study. Current where replaced_at is null, history otherwise.
CREATE TABLE study_run (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id    INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  role        TEXT NOT NULL CHECK (role <> ''),
  run_id      INTEGER NOT NULL REFERENCES run (id),
  model_name  TEXT CHECK (model_name <> ''),
  grp         TEXT CHECK (grp IN ('diverse', 'seeds')),
  repeat_no   INTEGER CHECK (repeat_no >= 0),
  seed        INTEGER CHECK (seed BETWEEN 0 AND 4294967295),
  linked_at   INTEGER NOT NULL,
  replaced_at INTEGER,
  CHECK ((model_name IS NULL) = (grp IS NULL) AND (grp IS NULL) = (repeat_no IS NULL) AND (grp IS NULL) = (seed IS NULL))
) STRICT;
CREATE UNIQUE INDEX study_run_current ON study_run (study_id, role) WHERE replaced_at IS NULL;
CREATE INDEX study_run_by_run ON study_run (run_id);
`;
