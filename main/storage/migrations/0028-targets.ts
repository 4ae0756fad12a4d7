/** A snapshot's target is an accuracy in percent, or text for other stop rules: `epochs 10`, `loss 0.05`. */
export const targets = `
DROP VIEW study_model;
CREATE TABLE snapshot_at (
  run_id     INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  target     ANY NOT NULL CHECK (
    typeof(target) IN ('real', 'integer') AND target > 0 AND target <= 100
    OR typeof(target) = 'text' AND (target GLOB 'epochs ?*' OR target GLOB 'loss ?*')),
  step       INTEGER NOT NULL CHECK (step >= 0),
  errors     INTEGER NOT NULL CHECK (errors BETWEEN 0 AND test_count),
  test_count INTEGER NOT NULL CHECK (test_count > 0),
  accuracy   REAL NOT NULL CHECK (accuracy BETWEEN 0 AND 100),
  weights    TEXT NOT NULL CHECK (length(weights) = 64),
  at         INTEGER NOT NULL,
  PRIMARY KEY (run_id, target)
) STRICT, WITHOUT ROWID;
INSERT INTO snapshot_at (run_id, target, step, errors, test_count, accuracy, weights, at)
  SELECT run_id, target, step, errors, test_count, accuracy, weights, at FROM snapshot;
DROP TABLE snapshot;
ALTER TABLE snapshot_at RENAME TO snapshot;
CREATE INDEX snapshot_by_weights ON snapshot (weights);
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
