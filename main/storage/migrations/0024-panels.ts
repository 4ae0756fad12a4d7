/**
 * `panel`: a body of answers of one kind that was imported into a study, for one stimulus set. `key`: file, kind and
 * mapping by their hash, so that the same import is known again. `used`: figures use it; at most one of a study. `removed`:
 * it is being deleted.
 *
 * `panel_answer`: the answers of one person as JSON (`panelAnswersSchemas` of the contribution answers); of counts, one
 * row without a labeler. `amount`: answers; of counts: labels.
 */
export const panels = `
CREATE TABLE panel (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id    INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  set_hash    TEXT NOT NULL REFERENCES stimulus_set (hash),
  kind        TEXT NOT NULL CHECK (kind IN ('abstain', 'set', 'graded', 'counts')),
  source      TEXT NOT NULL CHECK (source <> ''),
  key         TEXT NOT NULL CHECK (length(key) = 64),
  findings    TEXT NOT NULL CHECK (json_valid(findings)),
  imported_at INTEGER NOT NULL,
  used        INTEGER NOT NULL DEFAULT 0 CHECK (used IN (0, 1)),
  removed     INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX panel_used ON panel (study_id) WHERE used = 1;
CREATE INDEX panel_of_study ON panel (study_id);

CREATE TABLE panel_answer (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  panel_id   INTEGER NOT NULL REFERENCES panel (id) ON DELETE CASCADE,
  labeler_id INTEGER REFERENCES labeler (id),
  amount     INTEGER NOT NULL CHECK (amount >= 0),
  answers    TEXT NOT NULL CHECK (json_valid(answers))
) STRICT;
CREATE UNIQUE INDEX panel_answer_of_labeler ON panel_answer (panel_id, coalesce(labeler_id, 0));
CREATE INDEX panel_answer_by_labeler ON panel_answer (labeler_id);

CREATE TRIGGER panel_kept BEFORE UPDATE OF set_hash, kind, source, key, findings, imported_at ON panel
BEGIN SELECT RAISE(ABORT, 'an imported panel never changes'); END;
CREATE TRIGGER panel_answer_kept BEFORE UPDATE ON panel_answer
BEGIN SELECT RAISE(ABORT, 'an answer of a panel never changes'); END;
CREATE TRIGGER panel_answer_never_deleted BEFORE DELETE ON panel_answer
WHEN NOT EXISTS (SELECT 1 FROM withdrawing WHERE labeler_id = OLD.labeler_id)
  AND EXISTS (SELECT 1 FROM panel JOIN study ON study.id = study_id
    WHERE panel.id = OLD.panel_id AND panel.removed = 0 AND study.removed = 0)
BEGIN SELECT RAISE(ABORT, 'an answer of a panel is deleted only with its person, panel or study'); END;
`;
