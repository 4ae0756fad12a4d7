/** Runs that are being deleted: their key is free for a new run, and nothing finds or links them any more. */
export const removedRuns = `
DROP TRIGGER run_identity;
CREATE TRIGGER run_identity BEFORE UPDATE OF key, kind, seed, engine ON run
WHEN NEW.key <> printf('removed/%056d', OLD.id)
  OR (NEW.kind, NEW.seed, NEW.engine) IS NOT (OLD.kind, OLD.seed, OLD.engine)
  OR EXISTS (SELECT 1 FROM study_run WHERE run_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'what a run is never changes'); END;

CREATE TRIGGER study_run_present BEFORE INSERT ON study_run
WHEN (SELECT key FROM run WHERE id = NEW.run_id) GLOB 'removed/*'
BEGIN SELECT RAISE(ABORT, 'this run is being deleted'); END;
`;
