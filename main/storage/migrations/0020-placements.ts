/**
 * `study.place`, `run.place`: the cluster that trainings go to; null: this computer. `placement`: a run that was given to a
 * job there. `attempt`, `read_to`: how far what its attempts wrote is stored here, as a number and a byte of its file.
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
  state TEXT NOT NULL DEFAULT 'packed' CHECK (state IN ('packed', 'pending', 'running', 'lost')),
  reason TEXT,
  node TEXT,
  restarts INTEGER NOT NULL DEFAULT 0,
  ends_at INTEGER,
  attempt INTEGER NOT NULL DEFAULT 0,
  read_to INTEGER NOT NULL DEFAULT 0,
  placed_at INTEGER NOT NULL,
  missed_since INTEGER
) STRICT;
CREATE INDEX placement_pack ON placement (pack);
`;
