/**
 * Labeling sessions: plans, who labels in which order, a log of all that was answered to which rows are only added, and
 * the one way in which a person's rows go again: withdrawal.
 */
export const labeling = `
CREATE TABLE labeling_plan (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  version  INTEGER NOT NULL CHECK (version >= 1),
  plan     TEXT NOT NULL CHECK (json_valid(plan)),
  texts    TEXT NOT NULL CHECK (json_valid(texts)),
  saved_at INTEGER NOT NULL,
  UNIQUE (study_id, version)
) STRICT;
CREATE TRIGGER labeling_plan_kept BEFORE UPDATE ON labeling_plan
BEGIN SELECT RAISE(ABORT, 'a saved plan never changes; a new version takes its place'); END;

-- trials: [[image id, kind, block], ...] in the session's order; kinds: 0 real, 1 repeat, 2 practice, 3 attention.
-- answered: trials with an answer now; at_trial: the last one that was touched.
CREATE TABLE labeling_session (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id     INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  plan_id      INTEGER NOT NULL REFERENCES labeling_plan (id),
  set_hash     TEXT NOT NULL REFERENCES stimulus_set (hash),
  labeler_id   INTEGER NOT NULL UNIQUE REFERENCES labeler (id),
  token        TEXT NOT NULL UNIQUE CHECK (length(token) = 22),
  medium       TEXT NOT NULL CHECK (medium IN ('screen', 'kit', 'paper')),
  place        INTEGER NOT NULL CHECK (place >= 0),
  trials       TEXT NOT NULL CHECK (json_valid(trials)),
  trial_count  INTEGER NOT NULL CHECK (trial_count > 0),
  state        TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'active', 'finished', 'declined')),
  answered     INTEGER NOT NULL DEFAULT 0 CHECK (answered BETWEEN 0 AND trial_count),
  at_trial     INTEGER,
  created_at   INTEGER NOT NULL,
  consented_at INTEGER,
  started_at   INTEGER,
  last_seen_at INTEGER,
  finished_at  INTEGER,
  excluded     TEXT CHECK (excluded <> ''),
  UNIQUE (study_id, place)
) STRICT;
CREATE INDEX labeling_session_by_plan ON labeling_session (plan_id);
CREATE TRIGGER labeling_session_identity
BEFORE UPDATE OF study_id, plan_id, set_hash, labeler_id, token, place, trials, trial_count ON labeling_session
BEGIN SELECT RAISE(ABORT, 'what a session consists of never changes'); END;

-- key: the page's own name for a sitting. Its events have times since it was opened, by a clock that never jumps.
CREATE TABLE labeling_sitting (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id INTEGER NOT NULL REFERENCES labeling_session (id) ON DELETE CASCADE,
  key        TEXT NOT NULL CHECK (key <> ''),
  medium     TEXT NOT NULL CHECK (medium IN ('screen', 'kit', 'paper')),
  opened_at  INTEGER NOT NULL,
  screen     TEXT NOT NULL CHECK (json_valid(screen)),
  UNIQUE (session_id, key)
) STRICT;

-- choice: a class, or -1 for can't tell; null for undo and timeout. seq: counted by the page within its sitting.
CREATE TABLE labeling_event (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id INTEGER NOT NULL REFERENCES labeling_session (id) ON DELETE CASCADE,
  sitting_id INTEGER NOT NULL REFERENCES labeling_sitting (id) ON DELETE CASCADE,
  seq        INTEGER NOT NULL CHECK (seq >= 0),
  trial      INTEGER NOT NULL CHECK (trial >= 0),
  kind       TEXT NOT NULL CHECK (kind IN ('answer', 'undo', 'timeout')),
  choice     INTEGER CHECK (choice >= -1),
  shown_ms   REAL NOT NULL CHECK (shown_ms >= 0),
  at_ms      REAL NOT NULL CHECK (at_ms >= shown_ms),
  stored_at  INTEGER NOT NULL,
  CHECK ((kind = 'answer') = (choice IS NOT NULL)),
  UNIQUE (sitting_id, seq)
) STRICT;
CREATE INDEX labeling_event_current ON labeling_event (session_id, trial, id, choice);

CREATE TABLE labeling_note (
  sitting_id INTEGER NOT NULL REFERENCES labeling_sitting (id) ON DELETE CASCADE,
  seq        INTEGER NOT NULL CHECK (seq >= 0),
  session_id INTEGER NOT NULL REFERENCES labeling_session (id) ON DELETE CASCADE,
  kind       TEXT NOT NULL CHECK (kind <> ''),
  trial      INTEGER CHECK (trial >= 0),
  at_ms      REAL NOT NULL CHECK (at_ms >= 0),
  stored_at  INTEGER NOT NULL,
  PRIMARY KEY (sitting_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX labeling_note_by_session ON labeling_note (session_id, kind);

-- The last word on each trial: choice is null where it was taken back or ran out of time.
CREATE VIEW labeling_current AS
SELECT event.session_id, session.labeler_id, event.trial, session.trials ->> ('$[' || event.trial || '][0]') AS image_id,
       CASE session.trials ->> ('$[' || event.trial || '][1]')
         WHEN 0 THEN 'real' WHEN 1 THEN 'repeat' WHEN 2 THEN 'practice' ELSE 'attention' END AS trial_kind,
       event.kind, event.choice, event.stored_at
FROM labeling_event AS event JOIN labeling_session AS session ON session.id = event.session_id
WHERE event.id = (SELECT max(later.id) FROM labeling_event AS later
                  WHERE later.session_id = event.session_id AND later.trial = event.trial);

-- What was typed in from paper, the first and the second time.
CREATE TABLE labeling_paper (
  session_id INTEGER NOT NULL REFERENCES labeling_session (id) ON DELETE CASCADE,
  pass       INTEGER NOT NULL CHECK (pass IN (1, 2)),
  trial      INTEGER NOT NULL CHECK (trial >= 0),
  choice     INTEGER NOT NULL CHECK (choice >= -1),
  entered_at INTEGER NOT NULL,
  PRIMARY KEY (session_id, pass, trial)
) STRICT, WITHOUT ROWID;

-- key: of the signatures of a session's result files, 32 bytes.
CREATE TABLE labeling_kit (
  kit        TEXT NOT NULL CHECK (length(kit) = 36),
  session_id INTEGER NOT NULL REFERENCES labeling_session (id) ON DELETE CASCADE,
  code       TEXT NOT NULL CHECK (length(code) = 6),
  key        BLOB NOT NULL CHECK (length(key) = 32),
  made_at    INTEGER NOT NULL,
  PRIMARY KEY (kit, session_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE labeling_lock (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id  INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  hash      TEXT NOT NULL CHECK (length(hash) = 64),
  sessions  INTEGER NOT NULL,
  labels    INTEGER NOT NULL,
  reason    TEXT NOT NULL CHECK (reason IN ('researcher', 'withdrawal')),
  locked_at INTEGER NOT NULL,
  opened_at INTEGER
) STRICT;
CREATE UNIQUE INDEX labeling_lock_current ON labeling_lock (study_id) WHERE opened_at IS NULL;

-- What stays of a person who withdrew: a date, and a hash of the session's token, so that its files are known as gone.
CREATE TABLE labeling_withdrawal (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  study_id     INTEGER NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  token_hash   TEXT NOT NULL CHECK (length(token_hash) = 64),
  withdrawn_at INTEGER NOT NULL
) STRICT;

-- Labelers whose rows may be deleted, in the transaction that does it.
CREATE TABLE withdrawing (
  labeler_id INTEGER PRIMARY KEY REFERENCES labeler (id) ON DELETE CASCADE
) STRICT;

CREATE TRIGGER labeling_event_kept BEFORE UPDATE ON labeling_event
BEGIN SELECT RAISE(ABORT, 'a response never changes; a later one takes its place'); END;
CREATE TRIGGER labeling_event_never_deleted BEFORE DELETE ON labeling_event
WHEN NOT EXISTS (SELECT 1 FROM withdrawing JOIN labeling_session AS session USING (labeler_id)
                 WHERE session.id = OLD.session_id)
BEGIN SELECT RAISE(ABORT, 'a response is never deleted; a later one takes its place'); END;

-- With the label in it, tables of labels are read from the index alone.
DROP INDEX response_current;
CREATE INDEX response_current ON response (set_hash, labeler_id, image_id, id, label);

DROP TRIGGER response_never_deleted;
CREATE TRIGGER response_never_deleted BEFORE DELETE ON response
WHEN NOT EXISTS (SELECT 1 FROM withdrawing WHERE labeler_id = OLD.labeler_id)
BEGIN SELECT RAISE(ABORT, 'a response is never deleted; a later one takes its place'); END;
`;
