/**
 * The last word where sittings come in another order than they took place, blanks that were typed in from paper, and
 * what withdrawals leave: it outlives the study, and knows a pseudonym again.
 */
export const lastWords = `
-- sitting_at: when the sitting began, where sittings come by file (kits) and so in any order; else 0. The last word on a
-- trial is the one with the highest sitting_at, and of these the one that came last.
DROP TRIGGER labeling_event_kept;
ALTER TABLE labeling_event ADD COLUMN sitting_at INTEGER NOT NULL DEFAULT 0;
UPDATE labeling_event SET sitting_at = (SELECT opened_at FROM labeling_sitting AS sitting WHERE sitting.id = sitting_id)
WHERE (SELECT medium FROM labeling_sitting AS sitting WHERE sitting.id = sitting_id) = 'kit';
CREATE TRIGGER labeling_event_kept BEFORE UPDATE ON labeling_event
BEGIN SELECT RAISE(ABORT, 'a response never changes; a later one takes its place'); END;
DROP INDEX labeling_event_current;
CREATE INDEX labeling_event_current ON labeling_event (session_id, trial, sitting_at, id, choice);

DROP VIEW labeling_current;
CREATE VIEW labeling_current AS
SELECT event.session_id, session.labeler_id, event.trial, session.trials ->> ('$[' || event.trial || '][0]') AS image_id,
       CASE session.trials ->> ('$[' || event.trial || '][1]')
         WHEN 0 THEN 'real' WHEN 1 THEN 'repeat' WHEN 2 THEN 'practice' ELSE 'attention' END AS trial_kind,
       event.kind, event.choice, event.stored_at
FROM labeling_event AS event JOIN labeling_session AS session ON session.id = event.session_id
WHERE event.id = (SELECT later.id FROM labeling_event AS later
                  WHERE later.session_id = event.session_id AND later.trial = event.trial
                  ORDER BY later.sitting_at DESC, later.id DESC LIMIT 1);

-- choice: null where the sheet was left blank.
CREATE TABLE labeling_paper_new (
  session_id INTEGER NOT NULL REFERENCES labeling_session (id) ON DELETE CASCADE,
  pass       INTEGER NOT NULL CHECK (pass IN (1, 2)),
  trial      INTEGER NOT NULL CHECK (trial >= 0),
  choice     INTEGER CHECK (choice >= -1),
  entered_at INTEGER NOT NULL,
  PRIMARY KEY (session_id, pass, trial)
) STRICT, WITHOUT ROWID;
INSERT INTO labeling_paper_new SELECT session_id, pass, trial, choice, entered_at FROM labeling_paper;
DROP TABLE labeling_paper;
ALTER TABLE labeling_paper_new RENAME TO labeling_paper;

-- study_id: null once the study is gone. name_hash: SHA-256 of salt and pseudonym, null for withdrawals of earlier
-- versions; drawn: the product drew the pseudonym, so nobody else has it.
CREATE TABLE labeling_withdrawal_new (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id     INTEGER REFERENCES study (id) ON DELETE SET NULL,
  token_hash   TEXT NOT NULL CHECK (length(token_hash) = 64),
  salt         TEXT,
  name_hash    TEXT CHECK (length(name_hash) = 64),
  drawn        INTEGER NOT NULL DEFAULT 0 CHECK (drawn IN (0, 1)),
  withdrawn_at INTEGER NOT NULL,
  CHECK ((salt IS NULL) = (name_hash IS NULL))
) STRICT;
INSERT INTO labeling_withdrawal_new (id, study_id, token_hash, withdrawn_at)
SELECT id, study_id, token_hash, withdrawn_at FROM labeling_withdrawal;
DROP TABLE labeling_withdrawal;
ALTER TABLE labeling_withdrawal_new RENAME TO labeling_withdrawal;
`;
