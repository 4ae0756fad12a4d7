/**
 * `study.place`, `run.place`: the cluster that trainings go to; null: this computer. `placement`: a run that was given to a
 * job there. `attempt`, `read_to`: how far what its attempts wrote is stored here, as a number and a byte of its file.
 * `stop_wanted`: the user stopped or paused its study. `stop_asked_at`, `cancelled_at`: when its worker was asked to stop
 * through the shared folder, and when the scheduler was told to cancel its task. `pack`: the folders of jobs that this
 * database made and that are still to be removed; any other belongs to a copy of this data folder.
 *
 * A run can fail before it begins: its tasks on a cluster may end before that each time.
 */
export const placements = `
ALTER TABLE study ADD COLUMN place TEXT;
ALTER TABLE run ADD COLUMN place TEXT;

CREATE TABLE placement (
  run_id INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE,
  cluster TEXT NOT NULL,
  pack TEXT NOT NULL,
  task INTEGER NOT NULL,
  job TEXT,
  state TEXT NOT NULL DEFAULT 'packed' CHECK (state IN ('packed', 'pending', 'held', 'running', 'lost')),
  reason TEXT,
  node TEXT,
  restarts INTEGER NOT NULL DEFAULT 0,
  ends_at INTEGER,
  attempt INTEGER NOT NULL DEFAULT 0,
  read_to INTEGER NOT NULL DEFAULT 0,
  placed_at INTEGER NOT NULL,
  missed_since INTEGER,
  stop_wanted INTEGER NOT NULL DEFAULT 0,
  stop_asked_at INTEGER,
  cancelled_at INTEGER
) STRICT;
CREATE INDEX placement_pack ON placement (pack);
CREATE INDEX placement_job ON placement (job, task);

CREATE TABLE pack (name TEXT PRIMARY KEY, cluster TEXT NOT NULL) STRICT;

DROP TRIGGER run_state_change;
CREATE TRIGGER run_state_change BEFORE UPDATE OF state ON run
WHEN NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN (
  'queued>running', 'queued>failed', 'queued>cancelled',
  'running>interrupted', 'running>done', 'running>failed', 'running>cancelled',
  'interrupted>running', 'interrupted>failed', 'interrupted>cancelled',
  'failed>queued', 'cancelled>queued', 'done>queued'
)
BEGIN SELECT RAISE(ABORT, 'a run cannot change its state like this'); END;
`;
